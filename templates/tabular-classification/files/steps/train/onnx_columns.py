"""Loads the model for `mlflow.pyfunc`: a data frame with a column per feature in, labels and probabilities out.

A copy of this file is in the folder of every model. MLflow's own loader for ONNX passes each column as a vector and
takes vectors back; here inputs are [rows, 1] and the probabilities [rows, 2], and a value may be missing.
"""

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pandas as pd
import yaml


class Model:
    def __init__(self, path: Path) -> None:
        self.session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        about = yaml.safe_load((path.parent / "MLmodel").read_text(encoding="utf-8"))["metadata"]["pave"]
        self.missing: str = about["missing"]

    def predict(self, rows: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        feeds = {column.name: self.feed(rows, column.name, column.type) for column in self.session.get_inputs()}
        labels, probabilities = self.session.run(["label", "probabilities"], feeds)
        return pd.DataFrame({"label": labels.reshape(-1), "probabilities": list(probabilities)}, index=rows.index)

    def feed(self, rows: pd.DataFrame, name: str, kind: str) -> np.ndarray:
        """The column as the graph takes it; one that is left out has no values."""
        values = rows[name] if name in rows else pd.Series([None] * len(rows), index=rows.index)
        if kind == "tensor(string)":
            texts = [self.missing if pd.isna(value) else str(value) for value in values]
            return np.array(texts, dtype=object).reshape(-1, 1)
        return pd.to_numeric(values).to_numpy(dtype=np.float32, na_value=np.nan).reshape(-1, 1)


def _load_pyfunc(path: str) -> Model:
    return Model(Path(path))
