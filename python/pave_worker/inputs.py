"""The inputs of a model by its signature: how they come over the wire, and what the model is given."""

import json

from datetimes import to_datetimes
from problem import ModelProblem

# Of a column, as MLflow names types, to the wire.
COLUMN_TYPES = {
    "boolean": "bool",
    "integer": "int32",
    "long": "int64",
    "float": "float32",
    "double": "float64",
    "string": "string",
    "datetime": "string",
}
# Of a tensor, as numpy names types.
TENSOR_TYPES = {
    "float32": "float32",
    "float64": "float64",
    "int8": "int8",
    "int16": "int16",
    "int32": "int32",
    "int64": "int64",
    "uint8": "uint8",
    "uint16": "uint16",
    "bool": "bool",
    "str": "string",
    "object": "string",
}


class Input:
    def __init__(self, index, column):
        self.given_name = column.get("name")
        self.name = self.given_name or "input-%d" % index
        self.required = column.get("required", True)
        tensor = column.get("tensor-spec") if column.get("type") == "tensor" else None
        self.is_tensor = tensor is not None
        if tensor is None:
            self.feature_type = column.get("type")
            self.kind = COLUMN_TYPES.get(str(self.feature_type))
            self.row_shape = []
            if self.kind is None:
                expected = ", ".join(COLUMN_TYPES)
                raise ModelProblem(
                    'MLmodel\'s signature gives "%s" the type "%s"; expected one of %s'
                    % (self.name, self.feature_type, expected)
                )
            return
        dtype, shape = tensor["dtype"], list(tensor["shape"])
        self.kind = TENSOR_TYPES.get(dtype) or ("string" if dtype.startswith("<U") else None)
        if self.kind is None:
            raise ModelProblem(
                'MLmodel\'s signature gives "%s" the tensor type "%s", which cannot be served' % (self.name, dtype)
            )
        if not shape or shape[0] != -1 or any(size < 1 for size in shape[1:]):
            raise ModelProblem(
                'MLmodel\'s signature gives "%s" the shape %s; the first dimension must be -1, the rows, and no other'
                % (self.name, shape)
            )
        self.feature_type = FEATURE_TYPES[self.kind]
        self.row_shape = shape[1:]

    def metadata(self):
        """As `hello` tells it: a size that varies is a text."""
        return {"name": self.name, "isTensor": True, "type": self.kind, "shape": ["rows", *self.row_shape]}

    def feature(self):
        """As a ModelCheck tells it. What has no value for `missing` has to be there."""
        can_be_missing = self.kind in ("float32", "float64", "string")
        required = True if self.is_tensor else self.required or not can_be_missing
        return {"name": self.name, "type": self.feature_type, "required": required, "shape": self.row_shape}


FEATURE_TYPES = {
    "float32": "float",
    "float64": "double",
    "int8": "integer",
    "int16": "integer",
    "int32": "integer",
    "uint8": "integer",
    "uint16": "integer",
    "int64": "long",
    "bool": "boolean",
    "string": "string",
}


def read_inputs(signature):
    """The inputs of MLflow's ModelSignature. Raises ModelProblem where callers could not be told what to send."""
    columns = json.loads((signature.to_dict() if signature else {}).get("inputs") or "[]")
    if not columns:
        raise ModelProblem(
            "MLmodel has no signature with inputs; log the model with one, for example from "
            "mlflow.models.infer_signature"
        )
    inputs = [Input(index, column) for index, column in enumerate(columns)]
    names = [each.name for each in inputs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ModelProblem('MLmodel\'s signature names the input "%s" twice' % twice)
    return inputs


def model_input(inputs, tensors):
    """What `predict` is given: a data frame with the signature's types, or arrays where it names tensors."""
    missing = next((each.name for each in inputs if each.name not in tensors), None)
    if missing is not None:
        raise ModelProblem('the input "%s" is not there' % missing)
    if any(each.is_tensor for each in inputs):
        if len(inputs) == 1 and inputs[0].given_name is None:
            return tensors[inputs[0].name]
        return {each.name: tensors[each.name] for each in inputs}

    import pandas

    columns = [column_of(pandas, each, tensors[each.name]) for each in inputs]
    frame = pandas.concat(columns, axis=1)
    frame.columns = [each.given_name if each.given_name is not None else at for at, each in enumerate(inputs)]
    return frame


def column_of(pandas, each, array):
    """Arrays of the wire cannot be written to; what the model gets may be."""
    if each.feature_type == "datetime":
        return pandas.Series(datetimes_of(each, array.reshape(-1).tolist()))
    return pandas.Series(array.reshape(-1).copy(), dtype=object if each.kind == "string" else None)


def datetimes_of(each, texts):
    try:
        return to_datetimes(texts)
    except ValueError as error:
        raise ModelProblem('"%s": %s' % (each.name, error)) from None


def row_tensors(inputs, rows):
    """Rows as an input example has them (dicts by name, or lists in the signature's order), as tensors."""
    import numpy

    tensors = {}
    for at, each in enumerate(inputs):
        values = [value_of(each, at, row) for row in rows]
        try:
            if each.kind == "string":
                array = numpy.empty(len(values), dtype=object)
                array[:] = ["" if value is None else str(value) for value in values]
                if each.feature_type == "datetime":
                    to_datetimes(array.tolist())
            else:
                array = numpy.array(values, dtype=each.kind)
        except (TypeError, ValueError, OverflowError):
            raise ModelProblem(
                'the input example does not fit the signature: "%s" is of the type %s' % (each.name, each.feature_type)
            ) from None
        tensors[each.name] = array.reshape([len(rows), *each.row_shape])
    return tensors


def value_of(each, at, row):
    if isinstance(row, dict):
        value = row.get(each.name if each.given_name is not None else str(at))
    else:
        value = row[at] if len(each.row_shape) == 0 and isinstance(row, list) and at < len(row) else row
    if value is None:
        if each.kind in ("float32", "float64"):
            return float("nan")
        if each.kind != "string":
            raise ModelProblem('the input example does not fit the signature: it has no "%s"' % each.name)
    return value


def blank_rows(inputs):
    """A row to find out what comes out, for a model without an example."""
    import numpy

    def blank(each):
        if each.feature_type == "datetime":
            return numpy.full([1], "1970-01-01T00:00:00", dtype=object)
        if each.kind == "string":
            return numpy.full([1, *each.row_shape], "", dtype=object)
        return numpy.zeros([1, *each.row_shape], dtype=each.kind)

    return {each.name: blank(each) for each in inputs}
