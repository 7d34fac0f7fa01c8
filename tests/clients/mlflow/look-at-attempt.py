"""What the step's code left in tracking, as JSON."""

import json

import mlflow

client = mlflow.MlflowClient()
experiment = client.get_experiment_by_name("tiny")
runs = client.search_runs([experiment.experiment_id])


def below(run):
    return [other for other in runs if other.data.tags.get("mlflow.parentRunId") == run.info.run_id]


pipeline = next(run for run in runs if "mlflow.parentRunId" not in run.data.tags)
attempt = next(run for run in below(pipeline) if run.data.tags["pave.step"] == "train")
children = below(attempt)
try:
    client.log_metric(pipeline.info.run_id, "roc_auc", 1.0)
except mlflow.MlflowException as error:
    assert error.error_code == "PERMISSION_DENIED", error
print(
    json.dumps(
        {
            "pipeline": {
                "name": pipeline.info.run_name,
                "status": pipeline.info.status,
                "metrics": pipeline.data.metrics,
            },
            "attempt": {
                "name": attempt.info.run_name,
                "status": attempt.info.status,
                "params": attempt.data.params,
                "metrics": attempt.data.metrics,
                "files": [file.path for file in client.list_artifacts(attempt.info.run_id)],
                "experiment": client.get_experiment(attempt.info.experiment_id).name,
            },
            "children": [
                {"name": run.info.run_name, "status": run.info.status, "metrics": run.data.metrics}
                for run in children
                if run.info.run_name == "second"
            ],
            "left": [
                {"name": run.info.run_name, "status": run.info.status}
                for run in children
                if run.info.run_name == "left open"
            ],
            "refused": attempt.data.tags["codes"].split(","),
        }
    )
)
