"""All that the client asks of the registry, and models loaded by each of their names."""

import json
import tempfile
from pathlib import Path

import pandas as pd
from common import client, fails, is3, log_model, mlflow, same, suffix
from mlflow.models import infer_signature
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

x, y = load_iris(return_X_y=True, as_frame=True)
classifier = LogisticRegression(max_iter=300).fit(x, y)
expected = list(classifier.predict(x))
name = f"iris-classifier-{suffix}"
experiment = mlflow.set_experiment("registered")

# models
client.create_registered_model(name, tags={"kind": "linear"}, description="Iris")
fails("RESOURCE_ALREADY_EXISTS", client.create_registered_model, name)
fails("INVALID_PARAMETER_VALUE", client.create_registered_model, "")
found = client.get_registered_model(name)
same((found.description, found.tags, found.aliases, found.latest_versions), ("Iris", {"kind": "linear"}, {}, []))
client.update_registered_model(name, "Iris by its measures")
client.set_registered_model_tag(name, "owner", "botany")
client.delete_registered_model_tag(name, "kind")
found = client.get_registered_model(name)
same((found.description, found.tags), ("Iris by its measures", {"owner": "botany"}))
same([m.name for m in client.search_registered_models(f"name LIKE 'iris%{suffix}'")], [name])
same([m.name for m in client.search_registered_models("tags.owner = 'botany'", order_by=["name DESC"])][-1:], [name])
fails("RESOURCE_DOES_NOT_EXIST", client.get_registered_model, "nothing of that name")

# versions
with mlflow.start_run(run_name="first") as first:
    mlflow.log_metric("accuracy", 0.97)
    info = log_model(
        mlflow.sklearn,
        classifier,
        "classifier",
        signature=infer_signature(x, classifier.predict(x)),
        input_example=x.head(2),
        registered_model_name=name,
        pip_requirements=["scikit-learn"],
    )
same(int(info.registered_model_version), 1)
version = client.get_model_version(name, "1")
assert version.status == "READY" and version.run_id == first.info.run_id, version
second = mlflow.register_model(f"runs:/{first.info.run_id}/classifier", name, tags={"from": "run"})
same((int(second.version), second.tags), (2, {"from": "run"}))
third = client.create_model_version(name, client.get_model_version_download_uri(name, "1"), description="a third")
same(int(third.version), 3)
same([int(v.version) for v in client.search_model_versions(f"name = '{name}'")], [3, 2, 1])
same([int(v.version) for v in client.search_model_versions(f"run_id = '{first.info.run_id}' AND tags.`from` = 'run'")], [2])
page = client.search_model_versions(f"name = '{name}'", max_results=2, order_by=["version_number ASC"])
rest = client.search_model_versions(f"name = '{name}'", max_results=2, order_by=["version_number ASC"], page_token=page.token)
same([int(v.version) for v in [*page, *rest]], [1, 2, 3])
client.set_model_version_tag(name, "1", "approved", "yes")
client.set_model_version_tag(name, "1", "passing", "by")
client.delete_model_version_tag(name, "1", "passing")
client.update_model_version(name, "1", "the first")
version = client.get_model_version(name, "1")
same((version.tags, version.description), ({"approved": "yes"}, "the first"))
fails("RESOURCE_DOES_NOT_EXIST", client.get_model_version, name, "9")
fails("INVALID_PARAMETER_VALUE", client.create_model_version, name, "s3://elsewhere/model")

# aliases and stages
client.set_registered_model_alias(name, "champion", "1")
client.set_registered_model_alias(name, "challenger", "2")
same({a: int(v) for a, v in client.get_registered_model(name).aliases.items()}, {"champion": 1, "challenger": 2})
same(int(client.get_model_version_by_alias(name, "champion").version), 1)
same(client.get_model_version(name, "2").aliases, ["challenger"])
fails("INVALID_PARAMETER_VALUE", client.set_registered_model_alias, name, "latest", "1")
fails("INVALID_PARAMETER_VALUE", client.set_registered_model_alias, name, "v1", "1")
for _ in range(2):
    client.delete_registered_model_alias(name, "challenger")
fails("INVALID_PARAMETER_VALUE", client.get_model_version_by_alias, name, "challenger")
client.transition_model_version_stage(name, "1", "production")
client.transition_model_version_stage(name, "2", "Production", archive_existing_versions=True)
same(client.get_model_version(name, "1").current_stage, "Archived")
same([int(v.version) for v in client.get_latest_versions(name, ["Production"])], [2])
same({v.current_stage: int(v.version) for v in client.get_latest_versions(name)}, {"Production": 2, "None": 3, "Archived": 1})
fails("INVALID_PARAMETER_VALUE", client.transition_model_version_stage, name, "1", "somewhere")

# loaded by alias, version, newest, stage, run, and by the id that models have since MLflow 3
uris = [f"models:/{name}@champion", f"models:/{name}/2", f"models:/{name}/latest", f"models:/{name}/Production"]
uris += [f"runs:/{first.info.run_id}/classifier", info.model_uri, *([f"models:/{info.model_id}"] if is3 else [])]
for uri in uris:
    same(list(mlflow.pyfunc.load_model(uri).predict(x)), expected)
same(list(mlflow.sklearn.load_model(f"models:/{name}/1").predict(x)), expected)
fails("RESOURCE_DOES_NOT_EXIST", mlflow.pyfunc.load_model, f"models:/{name}/9")

# copied, renamed, deleted
copied = client.copy_model_version(f"models:/{name}@champion", f"iris-copy-{suffix}")
same((copied.name, int(copied.version)), (f"iris-copy-{suffix}", 1))
client.set_registered_model_alias(copied.name, "kept", "1")
client.rename_registered_model(copied.name, f"iris-renamed-{suffix}")
fails("RESOURCE_DOES_NOT_EXIST", client.get_registered_model, copied.name)
same(list(mlflow.pyfunc.load_model(f"models:/iris-renamed-{suffix}@kept").predict(x)), expected)
fails("RESOURCE_ALREADY_EXISTS", client.rename_registered_model, f"iris-renamed-{suffix}", name)
client.delete_registered_model(f"iris-renamed-{suffix}")
fails("RESOURCE_DOES_NOT_EXIST", client.get_registered_model, f"iris-renamed-{suffix}")
client.delete_model_version(name, "3")
fails("RESOURCE_DOES_NOT_EXIST", client.get_model_version, name, "3")
same([int(v.version) for v in client.search_model_versions(f"name = '{name}'")], [2, 1])

# many models, page by page
for number in range(5):
    client.create_registered_model(f"many-{suffix}-{number}")
pages, token = [], None
while True:
    found = client.search_registered_models(f"name LIKE 'many-{suffix}-%'", max_results=2, order_by=["name ASC"], page_token=token)
    pages.append([m.name[-1] for m in found])
    token = found.token
    if not token:
        break
same(pages, [["0", "1"], ["2", "3"], ["4"]])


# a model of one's own
class Above(mlflow.pyfunc.PythonModel):
    def load_context(self, context):
        self.limit = json.loads(Path(context.artifacts["limit"]).read_text())["limit"]

    def predict(self, context, model_input, params=None):
        return (model_input["value"] > self.limit).astype(int)


with tempfile.TemporaryDirectory() as folder, mlflow.start_run(run_name="own"):
    limit = Path(folder) / "limit.json"
    limit.write_text(json.dumps({"limit": 2.5}))
    mlflow.pyfunc.log_model(
        **({"name": "above"} if is3 else {"artifact_path": "above"}),
        python_model=Above(),
        artifacts={"limit": str(limit)},
        input_example=pd.DataFrame({"value": [1.0, 3.0]}),
        pip_requirements=["pandas"],
        registered_model_name=f"above-{suffix}",
    )
own = mlflow.pyfunc.load_model(f"models:/above-{suffix}/1")
same(list(own.predict(pd.DataFrame({"value": [1.0, 2.0, 3.0]}))), [0, 0, 1])
print(json.dumps({"run": first.info.run_id}))
