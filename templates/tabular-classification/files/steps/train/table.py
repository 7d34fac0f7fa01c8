"""Reads the training table and decides what is a feature."""

from collections.abc import Iterable, Sized
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import duckdb
import numpy as np
import pandas as pd

from problem import Problem

Kind = Literal["string", "integer", "number", "boolean"]

# A text without a value is the empty text: here, in the exported model, and for everybody who asks it.
MISSING = ""

# What the model's outputs are called, in ONNX and in MLmodel.
OUTPUTS = ("label", "probabilities")

# Tables that cannot fulfil these are refused before there is a project: see `needs` of the template.
MINIMUM_ROWS = 50
MINIMUM_ROWS_OF_A_CLASS = 5


@dataclass(frozen=True)
class Feature:
    name: str
    kind: Kind
    # Some training rows had no value, so a prediction may leave it out.
    optional: bool


@dataclass(frozen=True)
class Table:
    features: list[Feature]
    # One column per feature: text, or float32, which is what the exported model computes with.
    x: pd.DataFrame
    # 1 where the target has the positive value.
    y: np.ndarray
    # The two values of the target as they stand in the data: negative, positive.
    classes: list[Any]
    not_used: dict[str, str]


def read_table(path: Path, target: str, positive: str = "", exclude: Iterable[str] = ()) -> Table:
    with duckdb.connect() as db:
        files = f"{path}/**/*.parquet" if path.is_dir() else str(path)
        db.read_parquet(files).create_view("train")
        types = {name: kind for name, kind, *_ in db.execute("describe train").fetchall()}
        check_columns(types, target, exclude)

        classes = classes_of(db, target, positive)
        kinds, not_used = choose_features(types, target, set(exclude))
        missing = count_missing(db, kinds, target)
        rows = f"from train where {quoted(target)} is not null"
        columns = [*map(feature_sql, kinds.items()), f"{quoted(target)} = $1"]
        frame = db.execute(f"select {', '.join(columns)} {rows}", [classes[1]]).df()

    x, y = frame.iloc[:, :-1], frame.iloc[:, -1].to_numpy(dtype=np.int64)
    features = []
    for name, kind in kinds.items():
        if missing[name] == len(y):
            not_used[name] = "has no value in the training rows"
        else:
            features.append(Feature(name, kind, missing[name] > 0))
    require_features(features, not_used, target)
    check_names(features)
    check_rows(y, target, classes)
    names = [feature.name for feature in features]
    return Table(features, x[names], y, [plain(value) for value in classes], not_used)


def check_columns(types: dict[str, str], target: str, exclude: Iterable[str]) -> None:
    if target not in types:
        raise Problem(
            f"target: expected a column of the training table, found {target!r}; its columns are {listing(types)}"
        )
    for name in exclude:
        if name not in types:
            raise Problem(
                f"exclude: expected columns of the training table, found {name!r}; its columns are {listing(types)}"
            )


def classes_of(db: duckdb.DuckDBPyConnection, target: str, positive: str) -> list[Any]:
    """The two values of the target, the positive one last."""
    column = quoted(target)
    query = f"select distinct {column} from train where {column} is not null order by 1 limit 20"
    values = [value for (value,) in db.execute(query).fetchall()]
    found = listing(map(text, values))
    count = f"{len(values)}{'' if len(values) < 20 else ' or more'}"
    if len(values) < 2:
        what = f"only {found}" if values else "none"
        raise Problem(
            f"target {target!r}: expected two values in the training rows, found {what}; check the data and the split"
        )
    if len(values) > 2:
        raise Problem(
            f"target {target!r}: expected two values, found {count} ({found}); "
            "this step tells two classes apart: derive a yes/no column in sql/features.sql"
        )

    if positive == "" and [text(value) for value in values] in (["false", "true"], ["0", "1"]):
        return values
    positives = [value for value in values if text(value) == positive]
    if not positives:
        raise Problem(
            f"positive: expected one of the values of {target!r} ({found}), found {positive!r}; "
            "set it under `with` of this step"
        )
    return [value for value in values if value != positives[0]] + positives


def choose_features(types: dict[str, str], target: str, exclude: set[str]) -> tuple[dict[str, Kind], dict[str, str]]:
    """What each feature is, and why the other columns are none."""
    kinds: dict[str, Kind] = {}
    not_used: dict[str, str] = {}
    for name, sql_type in types.items():
        if name == target:
            continue
        if name in exclude:
            not_used[name] = "excluded"
        elif kind := kind_of(sql_type):
            kinds[name] = kind
        else:
            not_used[name] = f"{sql_type.lower()} is no feature; derive numbers from it in sql/features.sql"
    require_features(kinds, not_used, target)
    return kinds, not_used


def require_features(features: Sized, not_used: dict[str, str], target: str) -> None:
    if len(features) == 0:
        raise Problem(
            f"features: expected at least one column of text, numbers or booleans beside {target!r}, "
            f"found none ({why(not_used)}); add a column that tells something about it, or derive one in sql/features.sql"
        )


def check_names(features: list[Feature]) -> None:
    for feature in features:
        if feature.name in OUTPUTS:
            raise Problem(
                f"features: expected names other than the model's outputs, found a column {feature.name!r}; "
                "rename it in the table or in sql/features.sql"
            )


def kind_of(sql_type: str) -> Kind | None:
    if sql_type.endswith("[]"):
        return None
    if sql_type in ("VARCHAR", "UUID") or sql_type.startswith("ENUM"):
        return "string"
    if sql_type == "BOOLEAN":
        return "boolean"
    if sql_type in ("FLOAT", "DOUBLE") or sql_type.startswith("DECIMAL"):
        return "number"
    return "integer" if sql_type.endswith("INT") or sql_type in ("INTEGER", "UINTEGER") else None


def count_missing(db: duckdb.DuckDBPyConnection, kinds: dict[str, Kind], target: str) -> dict[str, int]:
    counts = ", ".join(f"count(*) - count({value_sql(name, kind)})" for name, kind in kinds.items())
    row = db.execute(f"select {counts} from train where {quoted(target)} is not null").fetchone() or ()
    return dict(zip(kinds, row, strict=True))


def feature_sql(feature: tuple[str, Kind]) -> str:
    name, kind = feature
    value = value_sql(name, kind)
    filled = f"coalesce({value}, {literal(MISSING)})" if kind == "string" else value
    return f"{filled} as {quoted(name)}"


def value_sql(name: str, kind: Kind) -> str:
    if kind == "string":
        return f"nullif({quoted(name)}::varchar, {literal(MISSING)})"
    # Infinities and numbers beyond float32 count as missing: the served model could not be asked about them.
    number = f"try_cast({quoted(name)} as float)"
    return f"case when isfinite({number}) then {number} end"


def check_rows(y: np.ndarray, target: str, classes: list[Any]) -> None:
    counts = [int((y == side).sum()) for side in (0, 1)]
    if sum(counts) < MINIMUM_ROWS or min(counts) < MINIMUM_ROWS_OF_A_CLASS:
        found = f"{counts[0]} rows with {text(classes[0])} and {counts[1]} with {text(classes[1])}"
        raise Problem(
            f"target {target!r}: expected at least {MINIMUM_ROWS} training rows and {MINIMUM_ROWS_OF_A_CLASS} of each "
            f"value, found {found}; give more data"
        )


def plain(value: Any) -> Any:
    return value if isinstance(value, bool | int | float | str) else str(value)


def text(value: Any) -> str:
    """A value of the target as it is written in pave.yaml: true, 1, yes."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def listing(names: Iterable[str]) -> str:
    shown = list(names)
    return ", ".join(shown[:12]) + (f" and {len(shown) - 12} more" if len(shown) > 12 else "")


def why(not_used: dict[str, str]) -> str:
    return "; ".join(f"{name}: {reason}" for name, reason in not_used.items()) or "the table has no other column"
