"""Loads what was moved, by each of the ways in which scripts name a model."""

import json

import mlflow
import pandas

client = mlflow.MlflowClient()
version = client.get_model_version_by_alias("flights", "champion")
other = next(one for one in client.search_model_versions("name = 'rain – ☂'") if one.source.endswith("/model"))
places = [f"models:/flights/{version.version}", "models:/flights@champion", f"runs:/{other.run_id}/model"]
frame = [[0.0], [3.0]]
predictions = [mlflow.pyfunc.load_model(place).predict(pandas.DataFrame(frame)).tolist() for place in places]
print(json.dumps({"predictions": predictions, "run": version.run_id}))
