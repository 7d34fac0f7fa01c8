"""Loads what a pipeline registered, and compares its answers with those of training."""

import json
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd

uri = "models:/flight-delays@production"
model = mlflow.pyfunc.load_model(uri)
folder = Path(mlflow.artifacts.download_artifacts(uri))
reference = json.loads((folder / "reference.json").read_text())
answers = model.predict(pd.DataFrame(reference["inputs"]))
expected = np.array([output["probability"] for output in reference["outputs"]])
found = np.array([probabilities[1] for probabilities in answers["probabilities"]])
version = mlflow.MlflowClient().get_model_version_by_alias("flight-delays", "production")
run = mlflow.get_run(version.run_id)
print(
    json.dumps(
        {
            "rows": len(answers),
            "difference": float(np.abs(found - expected).max()) < 1e-5,
            "example": len(model.input_example),
            "version": version.version,
            "run": run.data.tags["pave.run"],
            "onnx": len(mlflow.onnx.load_model(uri).graph.output),
        }
    )
)
