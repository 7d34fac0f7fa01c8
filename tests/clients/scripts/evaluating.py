"""A classifier judged by `mlflow.evaluate`, with the numbers, tables and plots that it logs."""

import matplotlib

matplotlib.use("Agg")
from common import client, is3, log_model, mlflow, same
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

x, y = load_breast_cancer(return_X_y=True, as_frame=True)
model = make_pipeline(StandardScaler(), LogisticRegression()).fit(x, y)
mlflow.set_experiment("judged")
evaluate = mlflow.models.evaluate if is3 else mlflow.evaluate
data = x.head(200).assign(malignant=y.head(200))
with mlflow.start_run(run_name="judged") as run:
    info = log_model(mlflow.sklearn, model, "model", pip_requirements=["scikit-learn"])
    result = evaluate(
        info.model_uri,
        data,
        targets="malignant",
        model_type="classifier",
        evaluators=["default"],
        evaluator_config={"default": {"log_model_explainability": False}},
    )
metrics = client.get_run(run.info.run_id).data.metrics
same(metrics["accuracy_score"], result.metrics["accuracy_score"])
same(metrics["roc_auc"], result.metrics["roc_auc"])
assert metrics["accuracy_score"] > 0.95 and metrics["true_positives"] + metrics["true_negatives"] > 190, metrics
assert {"roc_curve_plot", "confusion_matrix"} <= set(result.artifacts), result.artifacts
listed = {f.path for f in client.list_artifacts(run.info.run_id)}
assert {"roc_curve_plot.png", "confusion_matrix.png"} <= listed, listed
[dataset] = [i.dataset for i in client.get_run(run.info.run_id).inputs.dataset_inputs]
assert '"num_rows": 200' in dataset.profile, dataset
if is3:
    judged = mlflow.get_logged_model(info.model_id)
    assert {(m.key, m.dataset_digest) for m in judged.metrics} >= {("accuracy_score", dataset.digest)}, judged.metrics
