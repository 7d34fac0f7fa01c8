"""Autologging of scikit-learn, XGBoost and LightGBM, with the runs of a grid search below its own."""

import lightgbm
import numpy as np
import xgboost
from common import client, is3, mlflow, same
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV

x, y = load_iris(return_X_y=True, as_frame=True)
experiment = mlflow.set_experiment("autologged")
ids = [experiment.experiment_id]


def loads(run_id: str, flavor, expected) -> None:
    """The model of a run, by the run, and with MLflow 3 by its own id."""
    same(list(np.asarray(flavor.load_model(f"runs:/{run_id}/model").predict(x))), list(expected))
    if is3:
        [output] = client.get_run(run_id).outputs.model_outputs
        logged = mlflow.get_logged_model(output.model_id)
        assert str(logged.status) == "READY" and logged.source_run_id == run_id, logged
        same(list(np.asarray(flavor.load_model(f"models:/{output.model_id}").predict(x))), list(expected))


mlflow.sklearn.autolog(log_input_examples=True, max_tuning_runs=3)
with mlflow.start_run(run_name="logistic") as run:
    classifier = LogisticRegression(max_iter=300).fit(x, y)
    classifier.score(x, y)
logged = client.get_run(run.info.run_id)
same(logged.data.params["max_iter"], "300")
assert logged.data.metrics["training_accuracy_score"] > 0.9 and logged.data.metrics["LogisticRegression_score_x"] > 0.9
assert logged.inputs.dataset_inputs[0].dataset.digest, logged.inputs
assert any(f.path.endswith(".png") for f in client.list_artifacts(run.info.run_id)), "no plot"
loads(run.info.run_id, mlflow.sklearn, classifier.predict(x))

with mlflow.start_run(run_name="search") as run:
    search = GridSearchCV(LogisticRegression(max_iter=300), {"C": [0.01, 0.1, 1.0, 10.0]}, cv=2).fit(x, y)
mlflow.sklearn.autolog(disable=True)
logged = client.get_run(run.info.run_id)
assert abs(logged.data.metrics["best_cv_score"] - search.best_score_) < 1e-9
same(float(logged.data.params["best_C"]), search.best_params_["C"])
children = client.search_runs(ids, f"tags.mlflow.parentRunId = '{run.info.run_id}'", order_by=["metrics.mean_test_score DESC"])
same(len(children), 3)
same(children[0].data.metrics["mean_test_score"], search.best_score_)
same(children[0].data.params["C"], str(search.best_params_["C"]))
assert "best_estimator" in [f.path for f in client.list_artifacts(run.info.run_id)] or is3
best = mlflow.sklearn.load_model(f"runs:/{run.info.run_id}/best_estimator")
same(list(best.predict(x)), list(search.best_estimator_.predict(x)))

with mlflow.start_run(run_name="boosted") as parent:
    mlflow.xgboost.autolog()
    with mlflow.start_run(run_name="xgboost", nested=True) as run:
        boosted = xgboost.XGBClassifier(n_estimators=5, max_depth=2, n_jobs=1).fit(x, y, eval_set=[(x, y)], verbose=False)
    mlflow.xgboost.autolog(disable=True)
    same([m.step for m in client.get_metric_history(run.info.run_id, "validation_0-mlogloss")], [0, 1, 2, 3, 4])
    assert any("feature_importance" in f.path for f in client.list_artifacts(run.info.run_id))
    loads(run.info.run_id, mlflow.xgboost, boosted.predict(x))

    mlflow.lightgbm.autolog()
    with mlflow.start_run(run_name="lightgbm", nested=True) as run:
        forest = lightgbm.LGBMClassifier(n_estimators=4, num_leaves=4, n_jobs=1, verbose=-1).fit(x, y, eval_set=[(x, y)])
    mlflow.lightgbm.autolog(disable=True)
    same(client.get_run(run.info.run_id).data.params["num_leaves"], "4")
    [curve] = [key for key in client.get_run(run.info.run_id).data.metrics if "multi_logloss" in key]
    same(len(client.get_metric_history(run.info.run_id, curve)), 4)
    loads(run.info.run_id, mlflow.lightgbm, forest.predict(x))
below = client.search_runs(ids, f"tags.mlflow.parentRunId = '{parent.info.run_id}'", order_by=["start_time"])
same([r.info.run_name for r in below], ["xgboost", "lightgbm"])
