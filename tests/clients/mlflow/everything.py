"""What a script of any team does with the stock client; reads back what it wrote and fails where that is not the same."""

import json
import math
import sys
import tempfile
import time
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")

import mlflow
import numpy as np
import pandas as pd
from mlflow.exceptions import MlflowException
from mlflow.models import infer_signature
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

began = time.perf_counter()
client = mlflow.MlflowClient()
seen: dict = {}


def stage(text: str) -> None:
    print(f"{time.perf_counter() - began:6.1f} s  {text}", file=sys.stderr, flush=True)


def fails(code: str, action, *args, **kwargs) -> str:
    try:
        action(*args, **kwargs)
    except MlflowException as error:
        assert error.error_code == code, f"expected {code}, found {error.error_code}: {error}"
        return str(error)
    raise AssertionError(f"expected {code}, but it went well")


x, y = load_iris(return_X_y=True, as_frame=True)

stage("experiments")
experiment = mlflow.set_experiment("iris study")
assert mlflow.set_experiment("iris study").experiment_id == experiment.experiment_id
mlflow.set_experiment_tags({"team": "botany"})
found = client.get_experiment_by_name("iris study")
assert found.tags["team"] == "botany" and found.lifecycle_stage == "active", found
assert client.get_experiment_by_name("nothing of that name") is None
assert [e.name for e in mlflow.search_experiments(filter_string="tags.team = 'botany'")] == ["iris study"]
fails("RESOURCE_ALREADY_EXISTS", client.create_experiment, "iris study")
other = client.create_experiment("to be deleted")
client.rename_experiment(other, "was renamed")
client.delete_experiment(other)
assert client.get_experiment(other).lifecycle_stage == "deleted"
fails("INVALID_PARAMETER_VALUE", client.create_run, other)
client.restore_experiment(other)
assert client.get_experiment(other).name == "was renamed"

stage("runs, params, metrics, tags, nested runs")
with mlflow.start_run(run_name="parent", description="what it is about") as parent:
    mlflow.log_param("depth", 3)
    mlflow.log_params({"solver": "lbfgs", "rate": 0.1, "empty": ""})
    for step, value in enumerate([0.9, 0.5, 0.7]):
        mlflow.log_metric("loss", value, step=step)
    mlflow.log_metrics({"auc": 0.8, "no number": math.nan, "infinite": math.inf})
    mlflow.log_metric("loss", 0.7, step=2)
    mlflow.set_tags({"stage": "trial", "empty": ""})
    mlflow.log_dict({"a": [1, 2]}, "config/settings.json")
    mlflow.log_text("hello", "notes.txt")
    mlflow.log_text("", "empty/nothing.txt")
    for number in range(2):
        with mlflow.start_run(run_name=f"child {number}", nested=True) as child:
            mlflow.log_metric("auc", 0.6 + number / 10)
            mlflow.log_param("depth", number)
fails("INVALID_PARAMETER_VALUE", client.log_param, parent.info.run_id, "depth", 4)
client.log_param(parent.info.run_id, "depth", 3)
run = client.get_run(parent.info.run_id)
assert run.info.status == "FINISHED" and run.info.end_time >= run.info.start_time, run.info
assert run.info.run_name == "parent"
assert run.data.params == {"depth": "3", "solver": "lbfgs", "rate": "0.1", "empty": ""}, run.data.params
assert run.data.metrics["loss"] == 0.7 and run.data.metrics["auc"] == 0.8
assert math.isnan(run.data.metrics["no number"]) and run.data.metrics["infinite"] > 1e308
assert run.data.tags["stage"] == "trial" and run.data.tags["mlflow.note.content"] == "what it is about"
history = client.get_metric_history(parent.info.run_id, "loss")
assert {(m.step, m.value) for m in history} == {(0, 0.9), (1, 0.5), (2, 0.7)}, history
client.delete_tag(parent.info.run_id, "stage")
assert "stage" not in client.get_run(parent.info.run_id).data.tags
client.update_run(parent.info.run_id, name="renamed parent")
assert client.get_run(parent.info.run_id).data.tags["mlflow.runName"] == "renamed parent"

stage("a batch that the client cuts into pieces, and logging that does not wait")
with mlflow.start_run(run_name="large") as large:
    mlflow.log_params({f"p{number}": number for number in range(250)})
    mlflow.log_metrics({f"m{number}": number for number in range(1500)})
    mlflow.log_metric("later", 1.0, synchronous=False).wait()
    for chunk in range(3):
        client.log_batch(
            large.info.run_id,
            metrics=[mlflow.entities.Metric("curve", s / 7, 1000 + s, s) for s in range(chunk * 1000, chunk * 1000 + 1000)],
        )
data = client.get_run(large.info.run_id).data
assert len(data.params) == 250 and len(data.metrics) == 1502, (len(data.params), len(data.metrics))
curve = client.get_metric_history(large.info.run_id, "curve")
assert [m.step for m in curve] == list(range(3000)) and curve[-1].value == 2999 / 7

stage("search")
ids = [experiment.experiment_id]
frame = mlflow.search_runs(ids, filter_string="metrics.auc >= 0.65", order_by=["metrics.auc DESC"])
assert list(frame["tags.mlflow.runName"]) == ["renamed parent", "child 1"], list(frame["tags.mlflow.runName"])
assert list(frame["metrics.auc"]) == [0.8, 0.7]
children = mlflow.search_runs(ids, filter_string=f"tags.mlflow.parentRunId = '{parent.info.run_id}'")
assert len(children) == 2
page = client.search_runs(ids, max_results=2, order_by=["attributes.start_time ASC"])
rest = client.search_runs(ids, max_results=2, order_by=["attributes.start_time ASC"], page_token=page.token)
assert len(page) == 2 and len(rest) == 2 and rest.token is None
assert {r.info.run_id for r in page}.isdisjoint({r.info.run_id for r in rest})
fails("INVALID_PARAMETER_VALUE", client.search_runs, ids, "metrics.auc > 'a'")

stage("artifacts")
files = {f.path: (f.is_dir, f.file_size) for f in client.list_artifacts(parent.info.run_id)}
assert files == {"config": (True, None), "empty": (True, None), "notes.txt": (False, 5)}, files
assert [f.path for f in client.list_artifacts(parent.info.run_id, "config")] == ["config/settings.json"]
assert client.list_artifacts(parent.info.run_id, "notes.txt") == []
assert mlflow.artifacts.load_text(f"runs:/{parent.info.run_id}/notes.txt") == "hello"
assert mlflow.artifacts.load_dict(f"{parent.info.artifact_uri}/config/settings.json") == {"a": [1, 2]}
with tempfile.TemporaryDirectory() as folder:
    source = Path(folder) / "source"
    (source / "deep" / "er").mkdir(parents=True)
    (source / "deep" / "er" / "ä b+c&d.bin").write_bytes(bytes(range(256)) * 20_000)
    client.log_artifacts(parent.info.run_id, str(source), "tree")
    copied = Path(mlflow.artifacts.download_artifacts(run_id=parent.info.run_id, dst_path=folder + "/copy"))
    assert (copied / "tree" / "deep" / "er" / "ä b+c&d.bin").read_bytes() == bytes(range(256)) * 20_000
    assert (copied / "empty" / "nothing.txt").read_bytes() == b""
fails("RESOURCE_DOES_NOT_EXIST", mlflow.artifacts.download_artifacts, f"runs:/{'0' * 32}/notes.txt")

stage("autologging of scikit-learn")
mlflow.sklearn.autolog(log_input_examples=True)
with mlflow.start_run(run_name="autologged") as autologged:
    classifier = LogisticRegression(max_iter=300).fit(x, y)
mlflow.sklearn.autolog(disable=True)
auto = client.get_run(autologged.info.run_id)
assert auto.data.params["max_iter"] == "300" and auto.data.metrics["training_accuracy_score"] > 0.9
assert auto.inputs.dataset_inputs[0].dataset.digest and len(auto.outputs.model_outputs) == 1, auto.inputs
logged = mlflow.get_logged_model(auto.outputs.model_outputs[0].model_id)
assert str(logged.status) == "READY" and logged.source_run_id == autologged.info.run_id, logged
assert (mlflow.sklearn.load_model(logged.model_uri).predict(x) == classifier.predict(x)).all()
assert (mlflow.sklearn.load_model(f"runs:/{autologged.info.run_id}/model").predict(x) == classifier.predict(x)).all()

stage("a model that is logged and registered at once")
name = "iris-classifier"
with mlflow.start_run(run_name="registered") as registered:
    info = mlflow.sklearn.log_model(
        classifier,
        name="classifier",
        signature=infer_signature(x, classifier.predict(x)),
        input_example=x.head(2),
        registered_model_name=name,
        pip_requirements=["scikit-learn"],
        params={"kind": "linear"},
        tags={"shape": "flower"},
    )
    mlflow.log_metric("accuracy", 0.97, model_id=info.model_id)
assert int(info.registered_model_version) == 1
version = client.get_model_version(name, "1")
assert version.status == "READY" and version.run_id == registered.info.run_id, version
second = mlflow.register_model(f"runs:/{autologged.info.run_id}/model", name, tags={"from": "autolog"})
assert int(second.version) == 2
third = mlflow.register_model(info.model_uri, name)
assert [int(v.version) for v in client.search_model_versions(f"name = '{name}'")] == [3, 2, 1]
assert client.get_model_version(name, "2").tags == {"from": "autolog"}
client.set_registered_model_alias(name, "champion", 1)
client.set_registered_model_alias(name, "challenger", "2")
assert client.get_model_version_by_alias(name, "champion").run_id == registered.info.run_id
aliases = client.get_registered_model(name).aliases
assert {alias: int(number) for alias, number in aliases.items()} == {"champion": 1, "challenger": 2}
fails("INVALID_PARAMETER_VALUE", client.set_registered_model_alias, name, "latest", 1)
expected = classifier.predict(x)
for uri in (f"models:/{name}@champion", f"models:/{name}/2", f"models:/{name}/latest", info.model_uri):
    assert (mlflow.pyfunc.load_model(uri).predict(x) == expected).all(), uri
client.delete_registered_model_alias(name, "challenger")
client.delete_registered_model_alias(name, "challenger")
fails("INVALID_PARAMETER_VALUE", client.get_model_version_by_alias, name, "challenger")
client.update_registered_model(name, "Iris by its measures")
client.set_registered_model_tag(name, "owner", "botany")
client.set_model_version_tag(name, "1", "approved", "yes")
client.update_model_version(name, "1", "the first")
assert client.get_registered_model(name).description == "Iris by its measures"
assert client.get_model_version(name, "1").tags["approved"] == "yes"
assert [m.name for m in client.search_registered_models("name LIKE 'iris%'")] == [name]
client.transition_model_version_stage(name, "1", "production")
assert int(client.get_latest_versions(name, ["Production"])[0].version) == 1
assert (mlflow.pyfunc.load_model(f"models:/{name}/Production").predict(x) == expected).all()
client.delete_model_version(name, "3")
fails("RESOURCE_DOES_NOT_EXIST", client.get_model_version, name, "3")
copied = client.copy_model_version(f"models:/{name}/1", "iris-copy")
assert (mlflow.pyfunc.load_model("models:/iris-copy/1").predict(x) == expected).all()
client.delete_registered_model("iris-copy")
fails("RESOURCE_DOES_NOT_EXIST", client.get_registered_model, "iris-copy")

stage("logged models")
models = mlflow.search_logged_models(ids, filter_string="metrics.accuracy > 0.9", output_format="list")
assert [m.model_id for m in models] == [info.model_id], models
assert models[0].params["kind"] == "linear" and models[0].tags["shape"] == "flower", models[0]
assert models[0].metrics[0].value == 0.97
assert mlflow.search_logged_models(ids, filter_string="name = 'classifier'", output_format="list")[0].model_id == info.model_id
mlflow.set_logged_model_tags(info.model_id, {"seen": "yes"})
assert mlflow.get_logged_model(info.model_id).tags["seen"] == "yes"


stage("a model of one's own")


class Above(mlflow.pyfunc.PythonModel):
    def load_context(self, context):
        self.limit = json.loads(Path(context.artifacts["limit"]).read_text())["limit"]

    def predict(self, context, model_input, params=None):
        return (model_input["value"] > self.limit).astype(int)


with tempfile.TemporaryDirectory() as folder:
    limit = Path(folder) / "limit.json"
    limit.write_text(json.dumps({"limit": 2.5}))
    with mlflow.start_run(run_name="own"):
        own = mlflow.pyfunc.log_model(
            name="above",
            python_model=Above(),
            artifacts={"limit": str(limit)},
            input_example=pd.DataFrame({"value": [1.0, 3.0]}),
            pip_requirements=["pandas"],
            registered_model_name="above",
        )
answers = mlflow.pyfunc.load_model("models:/above/1").predict(pd.DataFrame({"value": [1.0, 2.0, 3.0]}))
assert list(answers) == [0, 0, 1], answers

stage("XGBoost")
import xgboost

mlflow.xgboost.autolog()
with mlflow.start_run(run_name="boosted") as boosted:
    trained = xgboost.XGBClassifier(n_estimators=5, max_depth=2).fit(x, y, eval_set=[(x, y)], verbose=False)
mlflow.xgboost.autolog(disable=True)
assert len(client.get_metric_history(boosted.info.run_id, "validation_0-mlogloss")) == 5
version = mlflow.register_model(f"runs:/{boosted.info.run_id}/model", "boosted-iris")
loaded = mlflow.xgboost.load_model(f"models:/boosted-iris/{version.version}")
assert (np.asarray(loaded.predict(x)) == trained.predict(x)).all()

stage("without an experiment of one's own")
default = client.create_run("0")
assert client.get_experiment_by_name("Default").experiment_id == default.info.experiment_id
client.set_terminated(default.info.run_id)
client.delete_run(default.info.run_id)
assert client.get_run(default.info.run_id).info.lifecycle_stage == "deleted"
fails("INVALID_PARAMETER_VALUE", client.log_metric, default.info.run_id, "m", 1)
client.restore_run(default.info.run_id)

stage("done")
seen.update(experiment=experiment.experiment_id, run=registered.info.run_id, model=info.model_id, project=default.info.experiment_id)
print(json.dumps(seen))
