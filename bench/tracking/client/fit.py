"""Fits a model under sklearn autologging some times over, and says how long its calls to the server took."""

import json
import sys
import time

import mlflow
import requests
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

spent = {"calls": 0, "seconds": 0.0}
send = requests.Session.send


def timed_send(session, request, **options):
    began = time.perf_counter()
    try:
        response = send(session, request, **options)
        # a body that is streamed is read within the call here, so that its time counts too
        response.content
        return response
    finally:
        spent["calls"] += 1
        spent["seconds"] += time.perf_counter() - began


requests.Session.send = timed_send

mlflow.set_experiment("fits")
mlflow.sklearn.autolog()
features, target = load_breast_cancer(return_X_y=True, as_frame=True)
fits = []
for number in range(int(sys.argv[1]) + 1):
    spent.update(calls=0, seconds=0.0)
    began = time.perf_counter()
    with mlflow.start_run(run_name=f"fit-{number}") as run:
        make_pipeline(StandardScaler(), LogisticRegression(C=0.5)).fit(features, target)
    fits.append({**spent, "total": time.perf_counter() - began})

found = mlflow.MlflowClient().get_run(run.info.run_id)
answer = {
    "status": found.info.status,
    "params": dict(sorted(found.data.params.items())),
    "metrics": {key: round(value, 6) for key, value in sorted(found.data.metrics.items())},
    "tags": sorted(key for key in found.data.tags),
    "models": len(found.outputs.model_outputs),
    "datasets": [item.dataset.digest for item in found.inputs.dataset_inputs],
}
# the first one imports and connects
print(json.dumps({"fits": fits[1:], "answer": answer}))
