"""Reads everything of a server through the client, and writes it as JSON that can be compared.

read-server.py URL FILE [records], which leaves out what files have in them
"""

import hashlib
import json
import math
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# else the client makes a database of its own here
os.environ["MLFLOW_TRACKING_URI"] = sys.argv[1]

from mlflow import MlflowClient
from mlflow.artifacts import download_artifacts
from mlflow.entities import ViewType

url, file = sys.argv[1], sys.argv[2]
client = MlflowClient(url, url)


def every(search, **arguments):
    token = None
    while True:
        page = search(**arguments, page_token=token)
        yield from page
        token = page.token
        if not token:
            return


def number(value):
    return str(value) if math.isnan(value) else value


def own(tags):
    return {key: value for key, value in tags.items() if not key.startswith("pave.import.")}


def files(uri):
    if sys.argv[3:] == ["records"]:
        return None
    with tempfile.TemporaryDirectory() as folder:
        try:
            download_artifacts(artifact_uri=uri, dst_path=folder, tracking_uri=url)
        except Exception as error:
            return f"{type(error).__name__}"
        root = Path(folder)
        found = [path for path in root.rglob("*") if path.is_file()]
        names = {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}
        return dict(sorted(names.items()))


def read_run(run):
    info, data = run.info, run.data
    history = {
        key: [[number(p.value), p.timestamp, p.step] for p in client.get_metric_history(info.run_id, key)]
        for key in sorted(data.metrics)
    }
    return {
        "name": info.run_name,
        "user": info.user_id,
        "status": info.status,
        "times": [info.start_time, info.end_time],
        "stage": info.lifecycle_stage,
        "params": data.params,
        "tags": own(data.tags),
        "latest": {key: number(value) for key, value in data.metrics.items()},
        "history": {key: sorted(points, key=str) for key, points in history.items()},
        "datasets": sorted(
            [[vars(one.dataset), [vars(tag) for tag in one.tags]] for one in run.inputs.dataset_inputs], key=str
        ),
        "reads": sorted(one.model_id for one in getattr(run.inputs, "model_inputs", [])),
        "makes": sorted([one.model_id, one.step] for one in getattr(getattr(run, "outputs", None), "model_outputs", [])),
        "files": files(f"runs:/{info.run_id}"),
    }


experiments = {one.name: one for one in every(client.search_experiments, view_type=ViewType.ALL)}
seen = {"experiments": {}, "runs": {}, "loggedModels": {}, "models": {}, "versions": {}}
ids = [one.experiment_id for one in experiments.values()]
names = {one.experiment_id: one.name for one in experiments.values()}
for name, one in experiments.items():
    seen["experiments"][name] = {
        "stage": one.lifecycle_stage,
        "times": [one.creation_time, one.last_update_time],
        "tags": own(one.tags),
    }
runs = list(every(client.search_runs, experiment_ids=ids, run_view_type=ViewType.ALL, max_results=1000))
with ThreadPoolExecutor(8) as pool:
    for run, read in zip(runs, pool.map(read_run, runs)):
        seen["runs"][run.info.run_id] = {"experiment": names[run.info.experiment_id], **read}
    if hasattr(client, "search_logged_models"):
        models = list(every(client.search_logged_models, experiment_ids=ids, max_results=50))
        for model, read in zip(models, pool.map(lambda m: files(f"models:/{m.model_id}"), models)):
            seen["loggedModels"][model.model_id] = {
                "experiment": names[model.experiment_id],
                "name": model.name,
                "type": model.model_type,
                "status": str(model.status),
                "run": model.source_run_id,
                "times": [model.creation_timestamp, model.last_updated_timestamp],
                "params": model.params,
                "tags": own(model.tags),
                "metrics": [[m.key, number(m.value), m.step, m.timestamp, m.run_id] for m in model.metrics or []],
                "files": read,
            }
    for model in every(client.search_registered_models):
        seen["models"][model.name] = {
            "description": model.description,
            "tags": own(model.tags),
            "times": [model.creation_timestamp, model.last_updated_timestamp],
            "aliases": dict(sorted((alias, str(version)) for alias, version in model.aliases.items())),
        }
    found = list(every(client.search_model_versions, filter_string=""))
    # a search of MLflow's own leaves aliases out
    versions = list(pool.map(lambda v: client.get_model_version(v.name, v.version), found))
    for version, read in zip(versions, pool.map(lambda v: files(f"models:/{v.name}/{v.version}"), versions)):
        seen["versions"][f"{version.name} {version.version}"] = {
            "description": version.description,
            "run": version.run_id,
            "model": getattr(version, "model_id", None),
            "source": version.source,
            "status": version.status,
            "stage": version.current_stage,
            "times": [version.creation_timestamp, version.last_updated_timestamp],
            "user": version.user_id,
            "link": version.run_link,
            "tags": own(version.tags),
            "aliases": sorted(version.aliases),
            "files": read,
        }
Path(file).write_text(json.dumps(seen, indent=1, sort_keys=True, ensure_ascii=False))
print(json.dumps({kind: len(items) for kind, items in seen.items()}))
