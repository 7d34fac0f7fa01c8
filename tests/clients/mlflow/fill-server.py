"""Fills the database and the artifact folder of an MLflow server with all kinds of content.

It goes through the store that the server itself works on, as a client by HTTP would take minutes:
fill-server.py DATABASE_URI ARTIFACT_FOLDER RUNS
"""

import json
import math
import os
import random
import shutil
import sys
import tempfile

import mlflow
from mlflow.entities import (
    Dataset,
    DatasetInput,
    ExperimentTag,
    InputTag,
    Metric,
    Param,
    RunStatus,
    RunTag,
)
from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore as Registry
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
from sqlalchemy import event
from sqlalchemy.engine import Engine

database, folder, count = sys.argv[1], sys.argv[2], int(sys.argv[3])


@event.listens_for(Engine, "connect")
def hurry(connection, _):
    """Thousands of commits wait for the disk, of a database that only the test needs."""
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA journal_mode = MEMORY")


store = SqlAlchemyStore(database, "mlflow-artifacts:/")
registry = Registry(database)
mlflow.set_tracking_uri(database)
random.seed(7)
start = 1_700_000_000_000
is_new = hasattr(store, "create_logged_model")


def write(root, path, content):
    full = os.path.join(folder, root.removeprefix("mlflow-artifacts:/"), path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "wb") as file:
        file.write(content)


def metrics_of(index):
    points = [Metric("loss", 1 / (step + 1), start + index * 1000 + step, step) for step in range(8)]
    points += [Metric("auc", random.random(), start + index * 1000, 0), Metric("eval/f 1.0", index / 7, start, -3)]
    if index % 40 == 0:
        points += [Metric("long", math.sin(step / 50), start + step, step) for step in range(3000)]
    if index % 10 == 1:
        points += [
            Metric("odd", math.nan, start, 0),
            Metric("odd", math.inf, start + 1, 1),
            Metric("odd", -math.inf, start + 2, 2),
            Metric("odd", 0.5, start + 3, 2**40),
            Metric("none", math.nan, start, 5),
        ]
    return points


experiments = [
    store.create_experiment(name, tags=[ExperimentTag("mlflow.note.content", text), ExperimentTag("team", "ops ☂")])
    for name, text in [
        ("Überlauf – ☂ study", "What **rain** does.\n\nIn two lines."),
        ("flights/delays (2024)", "Late or not"),
        ("given up", ""),
    ]
]
experiments.append("0")

model_folder = tempfile.mkdtemp()
if is_new:
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression().fit([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1])
    mlflow.sklearn.save_model(fitted, os.path.join(model_folder, "m"), pip_requirements=["scikit-learn"])
else:
    os.makedirs(os.path.join(model_folder, "m"))
    with open(os.path.join(model_folder, "m", "MLmodel"), "w") as file:
        file.write("flavors:\n  python_function:\n    loader_module: nothing\n")


def copy_model(root, note):
    target = os.path.join(folder, root.removeprefix("mlflow-artifacts:/"))
    shutil.copytree(os.path.join(model_folder, "m"), target, dirs_exist_ok=True)
    write(root, "note.txt", note.encode())


runs = []
parent = None
for index in range(count):
    experiment = experiments[index % len(experiments)]
    tags = [
        RunTag("mlflow.user", f"user {index % 3}"),
        RunTag("mlflow.source.name", "train.py"),
        RunTag("größe", "ü" * (index % 50)),
        RunTag("empty", ""),
    ]
    if parent is not None and index % 5 != 0:
        tags.append(RunTag("mlflow.parentRunId", parent))
    run = store.create_run(experiment, f"user {index % 3}", start + index * 60_000, tags, f"run № {index}")
    run_id = run.info.run_id
    if index % 5 == 0:
        parent = run_id
    points = metrics_of(index)
    params = [Param("depth", str(index % 9)), Param("note", "long " * 1100 if index % 20 == 0 else "kurz ✓")]
    store.log_batch(run_id, points[:900], params, [RunTag("mlflow.note.content", "# Run\nwith *text*")])
    for begin in range(900, len(points), 900):
        store.log_batch(run_id, points[begin : begin + 900], [], [])
    dataset = Dataset(f"rain {index % 4}", f"d{index % 4}", "local", json.dumps({"uri": "a.csv"}), '{"x": 1}', None)
    store.log_inputs(run_id, [DatasetInput(dataset, [InputTag("mlflow.data.context", "training")])])
    root = run.info.artifact_uri
    for path, content in {
        "report.txt": f"of run {index}\n".encode(),
        "plots/größe ü.svg": b"<svg/>" + bytes([index % 256]),
        "deep/a/b/c.json": json.dumps({"index": index}).encode(),
        "empty.bin": b"",
        "data 1.csv": b"x,y\n" + b"1,2\n" * (index % 100),
    }.items():
        write(root, path, content)
    if index % 11 != 10:
        status = [RunStatus.FINISHED, RunStatus.FAILED, RunStatus.KILLED][index % 3]
        store.update_run_info(run_id, status, start + index * 60_000 + 5000, f"run № {index}")
    runs.append((run_id, root, experiment))

logged = []
if is_new:
    from mlflow.entities import LoggedModelOutput, LoggedModelParameter, LoggedModelStatus, LoggedModelTag
    from mlflow.entities import LoggedModelInput

    for index in range(12):
        run_id, root, experiment = runs[index]
        model = store.create_logged_model(
            experiment,
            "classifier",
            run_id,
            [LoggedModelTag("stage", "✓")],
            [LoggedModelParameter("c", str(index))],
            "agent" if index == 3 else None,
        )
        copy_model(model.artifact_location, f"logged {index}")
        store.finalize_logged_model(model.model_id, LoggedModelStatus.READY)
        store.log_outputs(run_id, [LoggedModelOutput(model.model_id, index)])
        store.log_batch(run_id, [Metric("fit", index / 3, start, 0, model_id=model.model_id, run_id=run_id)], [], [])
        logged.append((model.model_id, run_id, model.artifact_location))
    # a model that a run of an earlier experiment reads
    store.log_inputs(runs[0][0], [], [LoggedModelInput(logged[5][0])])
    store.delete_logged_model(logged[11][0])

for index in range(8):
    copy_model(f"{runs[index + 12][1]}/model", f"of run {index}")

for name in ["flights", "rain – ☂", "with versions that went"]:
    registry.create_registered_model(name, description=f"About **{name}**")
    registry.set_registered_model_tag(name, mlflow.entities.model_registry.RegisteredModelTag("owner", "ops"))
versions = []
for index in range(22):
    name = ["flights", "rain – ☂", "with versions that went"][index % 3]
    tags = [mlflow.entities.model_registry.ModelVersionTag("index", str(index))]
    text = f"Version of {index}"
    if is_new and index < 11:
        model_id, run_id, root = logged[index]
        source = f"models:/{model_id}" if index % 2 else root
        version = registry.create_model_version(name, source, run_id, tags, None, text, None, model_id)
    else:
        run_id, root, _ = runs[12 + index % 8]
        version = registry.create_model_version(name, f"{root}/model", run_id, tags, "http://run/link", text)
    versions.append(version)
registry.set_registered_model_alias("flights", "champion", "3")
registry.set_registered_model_alias("flights", "shadow-1", "2")
registry.set_registered_model_alias("rain – ☂", "champion", "1")
registry.transition_model_version_stage("flights", "1", "Archived", False)
registry.transition_model_version_stage("flights", "3", "Production", False)
registry.delete_model_version("with versions that went", "2")

for index in range(0, count, 25):
    store.delete_run(runs[index][0])
store.delete_experiment(experiments[2])
shutil.rmtree(model_folder)
print(json.dumps({"runs": len(runs), "loggedModels": len(logged), "versions": len(versions) - 1, "files": count * 5}))
