"""A model folder of any flavour that MLflow loads as a pyfunc, ready to be scored."""

import json
import os
import sys
import traceback

from inputs import blank_rows, model_input, read_inputs, row_tensors
from outputs import OutputPlan, named_arrays
from problem import ModelProblem, sentence_of


class PyfuncModel:
    def __init__(self, folder):
        """Raises ModelProblem when it cannot be loaded. A first scoring finds out what the model gives."""
        self.folder = folder
        self.pyfunc = load(folder)
        self.inputs = read_inputs(self.pyfunc.metadata.signature)
        self.example = read_example(folder, self.inputs, self.pyfunc.metadata)
        tensors = self.example_tensors()
        self.plan = OutputPlan(self.score(tensors))

    @property
    def has_example(self):
        return len(self.example) > 0

    def example_tensors(self):
        return row_tensors(self.inputs, self.example) if self.has_example else blank_rows(self.inputs)

    def run(self, tensors):
        return self.plan.fitted(self.score(tensors))

    def score(self, tensors):
        given = model_input(self.inputs, tensors)
        rows = len(next(iter(tensors.values())))
        try:
            result = self.pyfunc.predict(given)
        except (Exception, SystemExit) as error:
            log_traceback()
            where = "" if self.has_example else " on a row of zeros, as it was logged without an input example"
            raise ModelProblem("predict failed%s: %s" % (where, sentence_of(error))) from error
        return named_arrays(result, rows)


def load(folder):
    try:
        import mlflow.pyfunc
    except ImportError as error:
        raise ModelProblem(
            "the environment recorded in the model has no mlflow that can be imported (%s); log the model with mlflow or "
            "mlflow-skinny among its pip_requirements" % sentence_of(error)
        ) from error
    try:
        return mlflow.pyfunc.load_model(folder, suppress_warnings=True)
    except (Exception, SystemExit) as error:
        log_traceback()
        raise ModelProblem("the model cannot be loaded: %s" % sentence_of(error)) from error


def log_traceback():
    traceback.print_exc(file=sys.stderr)
    sys.stderr.flush()


MAX_EXAMPLE_ROWS = 100


def read_example(folder, inputs, metadata):
    """Rows of the input example: dicts by column, lists in order, or values of one tensor. None of them: empty."""
    info = getattr(metadata, "saved_input_example_info", None) or {}
    name = info.get("artifact_path")
    if not name:
        return []
    try:
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            value = json.load(file)
    except (OSError, ValueError):
        return []
    return rows_of(value, inputs)[:MAX_EXAMPLE_ROWS]


def rows_of(value, inputs):
    if isinstance(value, dict):
        for wrapper in ("dataframe_split", "dataframe_records", "inputs", "instances"):
            if wrapper in value and wrapper not in [each.name for each in inputs]:
                value = value[wrapper]
                break
    if isinstance(value, dict) and isinstance(value.get("columns"), list) and isinstance(value.get("data"), list):
        return [dict(zip(map(str, value["columns"]), row)) for row in value["data"]]
    if isinstance(value, dict):
        lists = [item for item in value.values() if isinstance(item, list)]
        if value and len(lists) == len(value):
            return [dict(zip(value, row)) for row in zip(*value.values())]
        return [value] if value else []
    return value if isinstance(value, list) else []
