"""Experiments, runs, params, metrics, tags, data sets, and looking for them."""

import math

import numpy as np
import pandas as pd
from common import client, fails, mlflow, same
from mlflow.entities import Metric, Param, RunTag, ViewType

# experiments
experiment = mlflow.set_experiment("tracking study")
same(mlflow.set_experiment("tracking study").experiment_id, experiment.experiment_id)
mlflow.set_experiment_tags({"team": "botany"})
found = client.get_experiment_by_name("tracking study")
assert found.tags["team"] == "botany" and found.lifecycle_stage == "active", found
assert client.get_experiment_by_name("nothing of that name") is None
same([e.name for e in mlflow.search_experiments(filter_string="tags.team = 'botany'")], ["tracking study"])
fails("RESOURCE_ALREADY_EXISTS", client.create_experiment, "tracking study")
fails("RESOURCE_DOES_NOT_EXIST", client.get_experiment, "987654321")
other = client.create_experiment("to be deleted", tags={"a": "b"})
client.rename_experiment(other, "was renamed")
client.delete_experiment_tag(other, "a") if hasattr(client, "delete_experiment_tag") else None
gone = client.create_run(other)
client.delete_experiment(other)
same(client.get_experiment(other).lifecycle_stage, "deleted")
same(client.get_run(gone.info.run_id).info.lifecycle_stage, "deleted")
same([e.name for e in client.search_experiments(view_type=ViewType.DELETED_ONLY)], ["was renamed"])
fails("INVALID_PARAMETER_VALUE", client.create_run, other)
fails("RESOURCE_ALREADY_EXISTS", client.create_experiment, "was renamed")
client.restore_experiment(other)
same(client.get_experiment(other).name, "was renamed")
same(client.get_run(gone.info.run_id).info.lifecycle_stage, "active")

# runs, params, metrics, tags, nested runs
with mlflow.start_run(run_name="parent", description="what it is about") as parent:
    mlflow.log_param("depth", 3)
    mlflow.log_params({"solver": "lbfgs", "rate": 0.1, "empty": ""})
    for step, value in enumerate([0.9, 0.5, 0.7]):
        mlflow.log_metric("loss", value, step=step)
    mlflow.log_metrics({"auc": 0.8, "no number": math.nan, "infinite": math.inf, "least": -math.inf})
    mlflow.log_metric("loss", 0.7, step=2)
    mlflow.log_metric("loss", 4.0, step=-1)
    mlflow.set_tags({"stage": "trial", "empty": "", "ünï": "çode ✓"})
    for number in range(2):
        with mlflow.start_run(run_name=f"child {number}", nested=True):
            mlflow.log_metric("auc", 0.6 + number / 10)
            mlflow.log_param("depth", number)
id_ = parent.info.run_id
fails("INVALID_PARAMETER_VALUE", client.log_param, id_, "depth", 4)
client.log_param(id_, "depth", 3)
run = client.get_run(id_)
assert run.info.status == "FINISHED" and run.info.end_time >= run.info.start_time, run.info
same(run.info.run_name, "parent")
same(run.data.params, {"depth": "3", "solver": "lbfgs", "rate": "0.1", "empty": ""})
assert run.data.metrics["loss"] == 0.7 and run.data.metrics["auc"] == 0.8, run.data.metrics
assert math.isnan(run.data.metrics["no number"]), run.data.metrics
assert run.data.metrics["infinite"] > 1e308 and run.data.metrics["least"] < -1e308, run.data.metrics
assert run.data.tags["stage"] == "trial" and run.data.tags["mlflow.note.content"] == "what it is about"
same(run.data.tags["ünï"], "çode ✓")
same({(m.step, m.value) for m in client.get_metric_history(id_, "loss")}, {(-1, 4.0), (0, 0.9), (1, 0.5), (2, 0.7)})
same(client.get_metric_history(id_, "nothing"), [])
client.delete_tag(id_, "stage")
assert "stage" not in client.get_run(id_).data.tags
fails("RESOURCE_DOES_NOT_EXIST", client.delete_tag, id_, "stage")
client.update_run(id_, name="renamed parent")
same(client.get_run(id_).data.tags["mlflow.runName"], "renamed parent")
client.set_terminated(id_, "FAILED")
same(client.get_run(id_).info.status, "FAILED")
client.update_run(id_, status="FINISHED")
fails("RESOURCE_DOES_NOT_EXIST", client.get_run, "0" * 32)

# data sets
table = pd.DataFrame({"x": [1.0, 2.0], "y": ["a", "b"]})
with mlflow.start_run(run_name="with data") as with_data:
    mlflow.log_input(mlflow.data.from_pandas(table, name="plants", targets="y"), context="training", tags={"by": "ada"})
    mlflow.log_input(mlflow.data.from_numpy(np.arange(6).reshape(3, 2), name="numbers"), context="test")
    mlflow.log_input(mlflow.data.from_pandas(table, name="plants", targets="y"), context="training", tags={"by": "ada"})
inputs = {i.dataset.name: i for i in client.get_run(with_data.info.run_id).inputs.dataset_inputs}
same(sorted(inputs), ["numbers", "plants"])
same({t.key: t.value for t in inputs["plants"].tags}, {"mlflow.data.context": "training", "by": "ada"})
assert '"y"' in inputs["plants"].dataset.schema and '"num_rows": 2' in inputs["plants"].dataset.profile
ids = [experiment.experiment_id]
same([r.info.run_name for r in client.search_runs(ids, "datasets.name = 'plants'")], ["with data"])
same(len(client.search_runs(ids, "dataset.context = 'test' AND datasets.name ILIKE 'NUM%'")), 1)

# a batch that the client cuts into pieces, and logging that does not wait
with mlflow.start_run(run_name="large") as large:
    mlflow.log_params({f"p{number}": number for number in range(250)})
    mlflow.log_metrics({f"m{number}": number for number in range(1500)})
    operations = [mlflow.log_metric("later", value, step=value, synchronous=False) for value in range(50)]
    operations += [mlflow.log_param(f"late{number}", number, synchronous=False) for number in range(20)]
    operations.append(mlflow.set_tags({"late": "yes"}, synchronous=False))
    mlflow.flush_async_logging()
    for operation in operations:
        operation.wait()
    for chunk in range(3):
        points = [Metric("curve", s / 7, 1000 + s, s) for s in range(chunk * 1000, chunk * 1000 + 1000)]
        client.log_batch(large.info.run_id, metrics=points, params=[Param("c", "1")], tags=[RunTag("c", str(chunk))])
data = client.get_run(large.info.run_id).data
same((len(data.params), len(data.metrics), data.tags["late"], data.tags["c"]), (271, 1502, "yes", "2"))
same(sorted(m.step for m in client.get_metric_history(large.info.run_id, "later")), list(range(50)))
curve = client.get_metric_history(large.info.run_id, "curve")
assert [m.step for m in curve] == list(range(3000)) and curve[-1].value == 2999 / 7
fails("INVALID_PARAMETER_VALUE", client.log_batch, large.info.run_id, params=[Param("c", "2")])

# looking for runs
names = lambda runs: [r.info.run_name for r in runs]
frame = mlflow.search_runs(ids, filter_string="metrics.auc >= 0.65", order_by=["metrics.auc DESC"])
same(list(frame["tags.mlflow.runName"]), ["renamed parent", "child 1"])
same(list(frame["metrics.auc"]), [0.8, 0.7])
same(len(mlflow.search_runs(ids, filter_string=f"tags.mlflow.parentRunId = '{id_}'")), 2)
same(names(client.search_runs(ids, "params.solver LIKE 'lb%' AND metrics.loss < 1")), ["renamed parent"])
same(names(client.search_runs(ids, "attributes.run_name ILIKE 'CHILD%'", order_by=["params.depth ASC"])), ["child 0", "child 1"])
same(names(client.search_runs(ids, f"attributes.run_id IN ('{id_}', '{large.info.run_id}')", order_by=["start_time"])), ["renamed parent", "large"])
same(names(client.search_runs(ids, "tags.`ünï` = 'çode ✓'")), ["renamed parent"])
everywhere = set(mlflow.search_runs(search_all_experiments=True)["run_id"])
assert {gone.info.run_id, *mlflow.search_runs(ids)["run_id"]} <= everywhere, everywhere
page = client.search_runs(ids, max_results=2, order_by=["attributes.start_time ASC"])
rest = client.search_runs(ids, max_results=9, order_by=["attributes.start_time ASC"], page_token=page.token)
same((names(page), names(rest), rest.token), (["renamed parent", "child 0"], ["child 1", "with data", "large"], None))
fails("INVALID_PARAMETER_VALUE", client.search_runs, ids, "metrics.auc > 'a'")
fails("INVALID_PARAMETER_VALUE", client.search_runs, ids, "params.solver = 'broken")

# deleted and restored
client.delete_run(large.info.run_id)
same(client.get_run(large.info.run_id).info.lifecycle_stage, "deleted")
same(names(client.search_runs(ids, run_view_type=ViewType.DELETED_ONLY)), ["large"])
same(len(client.search_runs(ids, run_view_type=ViewType.ALL)), 5)
fails("INVALID_PARAMETER_VALUE", client.log_metric, large.info.run_id, "m", 1)
client.restore_run(large.info.run_id)
client.log_metric(large.info.run_id, "m", 1)

# without an experiment of one's own
default = client.create_run("0")
same(client.get_experiment_by_name("Default").experiment_id, default.info.experiment_id)
client.set_terminated(default.info.run_id)
