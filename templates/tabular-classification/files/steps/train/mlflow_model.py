"""Writes the fitted pipeline as an MLflow model folder: ONNX, signature, example and reference rows.

Nothing in it depends on the clock, so the same data, parameters and environment give the same bytes.
"""

import json
import platform
import shutil
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from classifier import positive_probability
from onnx_export import to_onnx
from table import MISSING, Feature, Table

REFERENCE_ROWS = 50
EXAMPLE_ROWS = 5
# How `mlflow.pyfunc.load_model` reads the model; a copy goes with it.
LOADER = "onnx_columns.py"
MLFLOW_TYPES = {"string": "string", "integer": "long", "number": "double", "boolean": "boolean"}


def write_model(folder: Path, pipeline: Pipeline, table: Table, target: str) -> None:
    folder.mkdir(parents=True)
    (folder / "model.onnx").write_bytes(to_onnx(pipeline, table.features).SerializeToString(deterministic=True))

    # What scikit-learn itself answers: whoever serves the model can check that it answers the same.
    rows = reference_rows(table)
    inputs = json_rows(rows, table.features)
    outputs = [{"probability": float(value)} for value in positive_probability(pipeline, rows)]
    write_json(folder / "reference.json", {"inputs": inputs, "outputs": outputs})
    example = [list(row.values()) for row in inputs[:EXAMPLE_ROWS]]
    write_json(folder / "input_example.json", {"columns": list(table.x.columns), "data": example})

    (folder / "code").mkdir()
    shutil.copyfile(Path(__file__).parent / LOADER, folder / "code" / LOADER)
    (folder / "MLmodel").write_text(mlmodel(table, target), encoding="utf-8")
    libraries = [f"{name}=={version(name)}" for name in ("numpy", "onnx", "pandas")]
    (folder / "requirements.txt").write_text("\n".join(["mlflow", "onnxruntime", *libraries]) + "\n", encoding="utf-8")
    python_env = f"python: {platform.python_version()}\nbuild_dependencies: []\ndependencies:\n- -r requirements.txt\n"
    (folder / "python_env.yaml").write_text(python_env, encoding="utf-8")


def mlmodel(table: Table, target: str) -> str:
    inputs = [
        {"type": mlflow_type(feature), "name": feature.name, "required": not feature.optional}
        for feature in table.features
    ]
    outputs = [
        {"type": "long", "name": "label", "required": True},
        {"type": "array", "items": {"type": "float"}, "name": "probabilities", "required": True},
    ]
    about = {
        "task": "classification",
        "target": target,
        "positive": table.classes[1],
        "classes": table.classes,
        "missing": MISSING,
    }
    return f"""\
flavors:
  onnx:
    code: null
    data: model.onnx
    onnx_version: {version("onnx")}
    providers: [CPUExecutionProvider]
  python_function:
    code: code
    data: model.onnx
    env: {{ virtualenv: python_env.yaml }}
    loader_module: {LOADER.removesuffix(".py")}
    python_version: {platform.python_version()}
metadata:
  pave: {json.dumps(about)}
saved_input_example_info: {{ artifact_path: input_example.json, pandas_orient: split, type: dataframe }}
signature:
  inputs: {json.dumps(json.dumps(inputs))}
  outputs: {json.dumps(json.dumps(outputs))}
  params: null
"""


def mlflow_type(feature: Feature) -> str:
    # MLflow's long cannot be missing.
    return "double" if feature.kind == "integer" and feature.optional else MLFLOW_TYPES[feature.kind]


def reference_rows(table: Table) -> pd.DataFrame:
    """Training rows from beginning to end, and one of unseen categories with nothing wherever that may be."""
    positions = np.unique(np.linspace(0, len(table.x) - 1, REFERENCE_ROWS - 1).astype(int))
    rows = table.x.iloc[positions]
    unseen = rows.iloc[-1:].copy()
    for feature in table.features:
        if feature.kind == "string":
            unseen[feature.name] = MISSING if feature.optional else "a category that training has not seen"
        elif feature.optional:
            unseen[feature.name] = np.float32("nan")
    return pd.concat([rows, unseen], ignore_index=True)


def json_rows(rows: pd.DataFrame, features: list[Feature]) -> list[dict[str, Any]]:
    columns = {feature.name: [json_value(value, feature) for value in rows[feature.name]] for feature in features}
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def json_value(value: Any, feature: Feature) -> Any:
    if feature.kind == "string":
        return None if value == MISSING else value
    if np.isnan(value):
        return None
    if feature.kind == "boolean":
        return bool(value)
    # The shortest text that reads back as this float32: 0.1, not 0.10000000149011612.
    return int(value) if feature.kind == "integer" else float(str(np.float32(value)))


def write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
