"""What the training step promises, on a table small enough to take a few seconds."""

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import numpy as np
import onnx
import pandas as pd
import pytest

from classifier import fit, positive_probability, round_down
from mlflow_model import write_model
from problem import Problem
from table import read_table
from train import train

ROWS = """
select
  case when i % 29 = 0 then null else ['north', 'east', 'south', 'west'][1 + i % 4] end as region,
  case when i % 31 = 0 then null else (i * 7919 % 1000) / 10 end as price,
  (i * 31 % 24)::int as hour,
  i % 3 = 0 as member,
  timestamp '2001-01-01' + to_hours(i) as seen_at,
  (i * 7919 % 1000) / 10 + 25 * (i % 4) + (i * 104729 % 60) > 90 as bought
from range(600) as numbers(i)
"""
PARAMS = {"target": "bought", "exclude": ["seen_at"], "maxIterations": 20, "minLeafRows": 10}


def parquet(folder: Path, sql: str = ROWS) -> Path:
    path = folder / "train.parquet"
    duckdb.sql(sql).write_parquet(str(path))
    return path


def test_learns_and_writes_a_model_folder(tmp_path: Path) -> None:
    metrics = train(parquet(tmp_path), PARAMS, tmp_path)

    assert metrics["train_rows"] == 600
    assert metrics["train_roc_auc"] > 0.8
    assert json.loads((tmp_path / "metrics.json").read_text()) == metrics
    assert files_of(tmp_path / "model") == [
        "MLmodel",
        "code/onnx_columns.py",
        "input_example.json",
        "model.onnx",
        "python_env.yaml",
        "reference.json",
        "requirements.txt",
    ]


def test_the_same_data_gives_the_same_bytes_in_any_process(tmp_path: Path) -> None:
    data = parquet(tmp_path)
    for seed in ("0", "1"):
        assert run_step(tmp_path / seed, data, PARAMS, {"PYTHONHASHSEED": seed}).returncode == 0

    for file in files_of(tmp_path / "0" / "model"):
        assert (tmp_path / "0" / "model" / file).read_bytes() == (tmp_path / "1" / "model" / file).read_bytes(), file


def test_onnx_has_one_input_per_column(tmp_path: Path) -> None:
    table = read_table(parquet(tmp_path), "bought", exclude=["seen_at"])
    write_model(tmp_path / "model", fit(table, PARAMS), table, "bought")

    graph = onnx.load(tmp_path / "model" / "model.onnx").graph
    types = {value.name: onnx.TensorProto.DataType.Name(value.type.tensor_type.elem_type) for value in graph.input}
    assert types == {"region": "STRING", "price": "FLOAT", "hour": "FLOAT", "member": "FLOAT"}
    assert [value.name for value in graph.output] == ["label", "probabilities"]


def test_onnx_answers_what_scikit_learn_answers(tmp_path: Path) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    # Neighbours among numbers as great as these are neighbours among float32 too: no threshold fits between them.
    sql = f"select *, 1600000000 + price::bigint * 128 as epoch from ({ROWS})"
    table = read_table(parquet(tmp_path, sql), "bought", exclude=["seen_at", "price"])
    pipeline = fit(table, PARAMS)
    write_model(tmp_path / "model", pipeline, table, "bought")

    session = onnxruntime.InferenceSession(tmp_path / "model" / "model.onnx", providers=["CPUExecutionProvider"])
    feed = {
        name: values.to_numpy(dtype=object if name == "region" else np.float32).reshape(-1, 1)
        for name, values in table.x.items()
    }
    (probabilities,) = session.run(["probabilities"], feed)
    np.testing.assert_allclose(probabilities[:, 1], positive_probability(pipeline, table.x), atol=1e-6)


def test_reference_rows_say_what_is_missing_and_what_is_unseen(tmp_path: Path) -> None:
    train(parquet(tmp_path), PARAMS, tmp_path)

    reference = json.loads((tmp_path / "model" / "reference.json").read_text())
    assert len(reference["inputs"]) == len(reference["outputs"]) == 50
    assert reference["inputs"][0] == {"region": None, "price": None, "hour": 0, "member": True}
    assert reference["inputs"][-1] == {"region": None, "price": None, "hour": 17, "member": False}


def test_a_text_without_a_value_is_the_empty_text_and_no_word_of_the_data(tmp_path: Path) -> None:
    rows = f"select * replace (if(region = 'west', 'missing', region) as region) from ({ROWS})"
    table = read_table(parquet(tmp_path, rows), "bought", exclude=["seen_at"])
    write_model(tmp_path / "model", fit(table, PARAMS), table, "bought")

    reference = json.loads((tmp_path / "model" / "reference.json").read_text())
    assert {row["region"] for row in reference["inputs"]} == {None, "missing", "north", "east", "south"}
    assert '"missing": ""' in (tmp_path / "model" / "MLmodel").read_text()

    written_out = rows.replace("then null else [", "then '' else [")
    empty = read_table(parquet(tmp_path, written_out), "bought", exclude=["seen_at"])
    assert empty.features == table.features
    assert empty.x.equals(table.x)


def test_mlflow_loads_it_and_gets_the_same_answers(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    pytest.importorskip("yaml")
    from onnx_columns import _load_pyfunc

    table = read_table(parquet(tmp_path), "bought", exclude=["seen_at"])
    write_model(tmp_path / "model", fit(table, PARAMS), table, "bought")
    reference = json.loads((tmp_path / "model" / "reference.json").read_text())
    answers = _load_pyfunc(str(tmp_path / "model" / "model.onnx")).predict(pd.DataFrame(reference["inputs"]))

    expected = [output["probability"] for output in reference["outputs"]]
    assert np.allclose([probabilities[1] for probabilities in answers["probabilities"]], expected, atol=1e-5)


def test_columns_with_awkward_names_become_inputs(tmp_path: Path) -> None:
    data = parquet(tmp_path, f'select region as "Where, exactly?", price as "variable", bought from ({ROWS})')
    table = read_table(data, "bought")
    write_model(tmp_path / "model", fit(table, PARAMS), table, "bought")

    graph = onnx.load(tmp_path / "model" / "model.onnx").graph
    assert [value.name for value in graph.input] == ["Where, exactly?", "variable"]
    onnx.checker.check_model(tmp_path / "model" / "model.onnx", full_check=True)


def test_columns_without_a_value_are_left_out(tmp_path: Path) -> None:
    data = parquet(tmp_path, f"select null::integer as nothing, 'inf'::double as infinite, * from ({ROWS})")
    table = read_table(data, "bought", exclude=["seen_at"])

    assert [feature.name for feature in table.features] == ["region", "price", "hour", "member"]
    assert table.not_used == {name: "has no value in the training rows" for name in ("nothing", "infinite")} | {
        "seen_at": "excluded"
    }


def test_the_positive_value_can_be_any_of_the_two(tmp_path: Path) -> None:
    data = parquet(tmp_path, f"select * replace (if(bought, 'bought', 'left') as bought) from ({ROWS})")
    bought = read_table(data, "bought", "bought", ["seen_at"])
    left = read_table(data, "bought", "left", ["seen_at"])

    assert (bought.classes, left.classes) == (["left", "bought"], ["bought", "left"])
    assert (bought.y == 1 - left.y).all()


@pytest.mark.parametrize(
    ("sql", "params", "message"),
    [
        (ROWS, {"target": "sold"}, "target: expected a column of the training table, found 'sold'"),
        (
            ROWS,
            {"target": "bought", "exclude": ["seen"]},
            "exclude: expected columns of the training table, found 'seen'",
        ),
        (
            f"select * from ({ROWS}) where bought",
            {"target": "bought"},
            "expected two values in the training rows, found only true",
        ),
        (ROWS, {"target": "region"}, "expected two values, found 4 (east, north, south, west)"),
        (
            f"select if(bought, 'y', 'n') as b, * from ({ROWS})",
            {"target": "b"},
            "positive: expected one of the values of 'b' (n, y), found ''",
        ),
        (
            f"select seen_at, bought from ({ROWS})",
            {"target": "bought"},
            "expected at least one column of text, numbers or booleans beside 'bought', found none (seen_at: timestamp is no",
        ),
        (f"select * from ({ROWS}) limit 40", {"target": "bought"}, "expected at least 50 training rows"),
        (f"select hour as label, bought from ({ROWS})", {"target": "bought"}, "found a column 'label'"),
    ],
)
def test_what_cannot_be_learned_is_one_message(tmp_path: Path, sql: str, params: dict, message: str) -> None:
    with pytest.raises(Problem) as problem:
        train(parquet(tmp_path, sql), {"maxIterations": 2, **params}, tmp_path)
    assert message in str(problem.value)
    assert "\n" not in str(problem.value)


def test_the_step_fails_with_one_line(tmp_path: Path) -> None:
    result = run_step(tmp_path / "output", parquet(tmp_path), {"target": "sold"})
    assert result.returncode == 1
    assert result.stderr.startswith("error: target: expected a column of the training table, found 'sold'")
    assert result.stderr.count("\n") == 1


def test_thresholds_round_to_the_float_below() -> None:
    above = 16777217.0  # halfway between two float32
    assert round_down(np.array([above, 0.1, -0.1, np.inf])).tolist() == [
        16777216.0,
        0.09999999403953552,
        -0.10000000149011612,
        np.inf,
    ]


def files_of(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def run_step(
    output: Path, data: Path, params: dict, variables: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs the step as Pave does: a process, a request and a folder for what it makes."""
    output.mkdir()
    request = data.parent / "input.json"
    request.write_text(json.dumps({"inputs": {"train": {"path": str(data)}}, "params": params}))
    step = Path(__file__).parent.parent / "steps" / "train" / "train.py"
    environment = {**os.environ, "PAVE_INPUT": str(request), "PAVE_OUTPUT": str(output), **(variables or {})}
    return subprocess.run([sys.executable, step], env=environment, capture_output=True, text=True, check=False)
