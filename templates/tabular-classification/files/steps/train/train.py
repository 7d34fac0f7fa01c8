"""The training step: reads $PAVE_INPUT, writes a model and its metrics into the folder $PAVE_OUTPUT.

It imports nothing of Pave, so it runs by hand as well:

    PAVE_INPUT=input.json PAVE_OUTPUT=out python steps/train/train.py
"""

import os

# Must be set before scikit-learn loads OpenMP. Threads that spin while they wait make training five times slower on a
# machine whose cores are all busy (33 s against 7 s, measured on two), and gain little on an idle one.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.pipeline import Pipeline

from classifier import fit, positive_probability
from mlflow_model import write_model
from problem import Problem
from table import Table, read_table, text

METRIC_ROWS = 50_000


def main() -> None:
    request = json.loads(Path(os.environ["PAVE_INPUT"]).read_text(encoding="utf-8"))
    train(Path(request["inputs"]["train"]["path"]), request["params"], Path(os.environ["PAVE_OUTPUT"]))


def train(data: Path, params: dict[str, Any], output: Path) -> dict[str, float]:
    started = time.perf_counter()

    table = read_table(data, params["target"], params.get("positive", ""), params.get("exclude", []))
    for name, reason in table.not_used.items():
        print(f"not used: {name} ({reason})")
    print(f"{len(table.y)} rows, {table.y.mean():.1%} of them {params['target']} = {text(table.classes[1])}")
    print("features: " + ", ".join(f"{feature.name} ({feature.kind})" for feature in table.features))

    pipeline = fit(table, params)
    print(f"fitted in {time.perf_counter() - started:.1f} s")

    metrics = {"train_rows": len(table.y), "train_positive_rate": float(table.y.mean()), **measure(pipeline, table)}
    print(f"on the training rows: roc_auc {metrics['train_roc_auc']:.4f}, log_loss {metrics['train_log_loss']:.4f}")

    write_model(output / "model", pipeline, table, params["target"])
    metrics["train_seconds"] = round(time.perf_counter() - started, 3)
    write_json(output / "metrics.json", metrics)
    write_json(
        output / "metadata.json",
        {"model": {"features": [feature.name for feature in table.features], "notUsed": table.not_used}},
    )
    return metrics


def measure(pipeline: Pipeline, table: Table) -> dict[str, float]:
    """How well the model knows what it has seen, on evenly spaced rows. Much better than the test is overfitting."""
    rows = np.unique(np.linspace(0, len(table.y) - 1, METRIC_ROWS).astype(int))
    if np.ptp(table.y[rows]) == 0:
        rows = np.arange(len(table.y))
    y, probability = table.y[rows], positive_probability(pipeline, table.x.iloc[rows])
    return {"train_roc_auc": float(roc_auc_score(y, probability)), "train_log_loss": float(log_loss(y, probability))}


def write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    try:
        main()
    except Problem as problem:
        print(f"error: {problem}", file=sys.stderr)
        sys.exit(1)
