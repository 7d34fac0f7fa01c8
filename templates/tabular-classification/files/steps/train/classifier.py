"""The model: categories become the smoothed rate of the target among their rows, then gradient-boosted trees.

Rates are learned on the training rows only, and cross-fitted there, so that a row never sees its own answer. A category
that training has not seen gets the overall rate, rows without one have a rate of their own. Missing numbers stay missing:
the trees learn where to send them.
"""

from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import TargetEncoder

from table import Table


def fit(table: Table, params: dict[str, Any]) -> Pipeline:
    pipeline = build(table, params)
    pipeline.fit(table.x, table.y)
    round_to_float32(pipeline)
    return pipeline


def build(table: Table, params: dict[str, Any]) -> Pipeline:
    categories = [index for index, feature in enumerate(table.features) if feature.kind == "string"]
    numbers = [index for index, feature in enumerate(table.features) if feature.kind != "string"]
    seed = params.get("seed", 7)
    folds = StratifiedKFold(n_splits=5, shuffle=True, random_state=seed)
    rates = TargetEncoder(target_type="binary", smooth=float(params.get("smoothing", 20)), cv=folds)
    trees = HistGradientBoostingClassifier(
        max_iter=params.get("maxIterations", 100),
        learning_rate=params.get("learningRate", 0.1),
        max_depth=params.get("maxDepth", 6),
        min_samples_leaf=params.get("minLeafRows", 50),
        early_stopping=False,
        random_state=seed,
    )
    parts = [("rates", rates, categories), ("numbers", "passthrough", numbers)]
    return Pipeline([("features", ColumnTransformer([part for part in parts if part[2]])), ("trees", trees)])


def positive_probability(pipeline: Pipeline, x: pd.DataFrame) -> np.ndarray:
    return pipeline.predict_proba(x)[:, 1]


def round_to_float32(pipeline: Pipeline) -> None:
    """Makes the fitted model compute with numbers that ONNX can hold, so that both send every row to the same leaf.

    ONNX trees compare float32. A threshold between two neighbouring values may round up onto the greater one and send
    it to the other side; rounded down, `x <= threshold` is unchanged for every float32 x.
    """
    encoder = dict(pipeline["features"].named_transformers_).get("rates")
    if encoder is not None:
        encoder.encodings_ = [rates.astype(np.float32).astype(np.float64) for rates in encoder.encodings_]
        encoder.target_mean_ = float(np.float32(encoder.target_mean_))
    for (tree,) in pipeline["trees"]._predictors:
        tree.nodes["num_threshold"] = round_down(tree.nodes["num_threshold"])


def round_down(values: np.ndarray) -> np.ndarray:
    """The greatest float32 that is not above the value."""
    nearest = values.astype(np.float32)
    return np.where(nearest > values, np.nextafter(nearest, np.float32(-np.inf)), nearest).astype(np.float64)
