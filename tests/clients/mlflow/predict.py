"""Asks a registered model about rows, some of whose values are None: `predict.py models:/name/1 rows.json`."""

import json
import sys
from pathlib import Path

import mlflow
import pandas as pd

model = mlflow.pyfunc.load_model(sys.argv[1])
answers = model.predict(pd.DataFrame(json.loads(Path(sys.argv[2]).read_text())))
print(json.dumps([float(probabilities[1]) for probabilities in answers["probabilities"]]))
