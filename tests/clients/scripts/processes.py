"""Eight processes that log to one run at once; every point is there afterwards."""

import os
import sys

from common import client, mlflow, same
from mlflow.entities import Metric, RunTag

processes, points = 8, 300
mlflow.set_experiment("at once")
run_id = client.create_run(client.get_experiment_by_name("at once").experiment_id).info.run_id


def log(number: int) -> None:
    for start in range(0, points, 50):
        steps = range(start, start + 50)
        batch = [Metric("shared", number + step / 1000, number * 10_000 + step, step) for step in steps]
        batch += [Metric(f"own {number}", step, step, step) for step in steps]
        client.log_batch(run_id, metrics=batch, tags=[RunTag("last", str(number))])
    for step in range(20):
        client.log_metric(run_id, "single", number, timestamp=number, step=step)
    client.log_param(run_id, f"param {number}", number)
    client.log_param(run_id, "same", "for all")
    client.log_text(run_id, str(number), f"files/{number}.txt")


children = []
for number in range(processes):
    child = os.fork()
    if child == 0:
        code = 1
        try:
            mlflow.utils.request_utils._get_request_session.cache_clear() if hasattr(
                mlflow.utils.request_utils._get_request_session, "cache_clear"
            ) else None
            log(number)
            code = 0
        finally:
            sys.stderr.flush()
            os._exit(code)
    children.append(child)
same([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children], [0] * processes)
client.set_terminated(run_id)

shared = {(m.timestamp, m.step, m.value) for m in client.get_metric_history(run_id, "shared")}
same(shared, {(n * 10_000 + s, s, n + s / 1000) for n in range(processes) for s in range(points)})
same(len(client.get_metric_history(run_id, "single")), processes * 20)
data = client.get_run(run_id).data
for number in range(processes):
    same(sorted(m.step for m in client.get_metric_history(run_id, f"own {number}")), list(range(points)))
    same(data.metrics[f"own {number}"], points - 1)
# of one step the later time counts
same(data.metrics["shared"], processes - 1 + (points - 1) / 1000)
same(data.params, {"same": "for all", **{f"param {n}": str(n) for n in range(processes)}})
same(len(client.list_artifacts(run_id, "files")), processes)
