"""Models as things of their own, which they are since MLflow 3."""

from common import client, fails, mlflow, same
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

x, y = load_iris(return_X_y=True, as_frame=True)
experiment = mlflow.set_experiment("logged models")
ids = [experiment.experiment_id]
table = mlflow.data.from_pandas(x.assign(y=y), name="iris", targets="y")
with mlflow.start_run() as run:
    info = mlflow.sklearn.log_model(
        LogisticRegression(max_iter=300).fit(x, y),
        name="linear",
        params={"kind": "linear", **{f"p{number}": number for number in range(120)}},
        tags={"shape": "flower"},
        pip_requirements=["scikit-learn"],
    )
    mlflow.log_metric("accuracy", 0.97, model_id=info.model_id, dataset=table)
    mlflow.log_metric("plain", 1.5, model_id=info.model_id)
model = mlflow.get_logged_model(info.model_id)
same((model.params["kind"], len(model.params), model.tags["shape"]), ("linear", 121, "flower"))
same({(m.key, m.value, m.dataset_name) for m in model.metrics}, {("accuracy", 0.97, "iris"), ("plain", 1.5, None)})
empty = mlflow.initialize_logged_model(name="empty", model_type="agent", source_run_id=run.info.run_id)
same(str(empty.status), "PENDING")
same(str(mlflow.finalize_logged_model(empty.model_id, "READY").status), "READY")
failed = mlflow.create_external_model(name="external", tags={"a": "b"})
mlflow.set_logged_model_tags(info.model_id, {"seen": "yes", "again": "no"})
mlflow.delete_logged_model_tag(info.model_id, "again")
same({k: v for k, v in mlflow.get_logged_model(info.model_id).tags.items() if not k.startswith("mlflow.")}, {"shape": "flower", "seen": "yes"})


def search(filter_string=None, **kwargs):
    found = mlflow.search_logged_models(ids, filter_string=filter_string, output_format="list", **kwargs)
    return [m.name for m in found]


by_name = [{"field_name": "name"}]
same(search(order_by=by_name), ["empty", "external", "linear"])
same(search("name = 'linear'"), ["linear"])
same(search("metrics.accuracy > 0.9"), ["linear"])
same(search("metrics.accuracy > 0.9", datasets=[{"dataset_name": "iris"}]), ["linear"])
same(search("metrics.accuracy > 0.9", datasets=[{"dataset_name": "other"}]), [])
same(search("params.kind = 'linear' AND tags.shape = 'flower'"), ["linear"])
same(search(f"source_run_id = '{run.info.run_id}'", order_by=by_name), ["empty", "linear"])
same(search(order_by=[{"field_name": "metrics.accuracy", "ascending": False}])[0], "linear")
same(search(max_results=2, order_by=[{"field_name": "name", "ascending": False}]), ["linear", "external"])
same(mlflow.last_logged_model().model_id, failed.model_id)
client.log_model_params(empty.model_id, {"late": "1"})
same(mlflow.get_logged_model(empty.model_id).params, {"late": "1"})
client.delete_logged_model(empty.model_id)
fails("RESOURCE_DOES_NOT_EXIST", mlflow.get_logged_model, empty.model_id)
client.log_outputs(run.info.run_id, [mlflow.entities.LoggedModelOutput(info.model_id, step=7)])
client.log_inputs(run.info.run_id, models=[mlflow.entities.LoggedModelInput(failed.model_id)])
same({(m.model_id, m.step) for m in client.get_run(run.info.run_id).outputs.model_outputs} >= {(info.model_id, 7)}, True)
same([m.model_id for m in client.get_run(run.info.run_id).inputs.model_inputs], [failed.model_id])
same(sorted(f.path for f in mlflow.artifacts.list_artifacts(info.model_uri))[:2], ["MLmodel", "conda.yaml"])
