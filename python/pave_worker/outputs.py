"""What `predict` gave, as named tensors with one row for each row of input."""

from problem import ModelProblem

EXPECTED = "expected an array, a DataFrame, a Series, a dict of arrays or a list with one entry for each row"


def named_arrays(result, rows):
    """Name to (type on the wire, array). Raises ModelProblem for what cannot be answered row by row."""
    parts = parts_of(result)
    if not parts:
        raise ModelProblem("predict gave no column; %s" % EXPECTED)
    return {name: checked(name, values, rows) for name, values in parts.items()}


def parts_of(result):
    if hasattr(result, "columns") and hasattr(result, "to_numpy"):
        return {str(name): result.iloc[:, at].to_numpy() for at, name in enumerate(result.columns)}
    if isinstance(result, dict):
        return {str(name): plain(values) for name, values in result.items()}
    if isinstance(result, (list, tuple)) and result and all(isinstance(item, dict) for item in result):
        names = list(result[0])
        if any(list(item) != names for item in result):
            raise ModelProblem("predict gave a list of dicts with different keys; give every row the same")
        return {str(name): plain([item[name] for item in result]) for name in names}
    return {"prediction": plain(result)}


def plain(values):
    if hasattr(values, "toarray"):  # sparse matrices
        return values.toarray()
    if hasattr(values, "to_numpy"):
        return values.to_numpy()
    if hasattr(values, "detach"):  # torch
        return values.detach().cpu().numpy()
    return values


def checked(name, values, rows):
    import numpy

    if values is None or isinstance(values, (str, bytes)) or not (hasattr(values, "__len__") or hasattr(values, "shape")):
        raise ModelProblem("predict gave %s for %d rows; %s" % (described(values), rows, EXPECTED))
    try:
        array = numpy.asarray(values)
    except ValueError:
        raise ModelProblem('the output "%s" has rows of different lengths' % name) from None
    if array.ndim == 0:
        raise ModelProblem("predict gave one value for %d rows; %s" % (rows, EXPECTED))
    if array.shape[0] != rows:
        raise ModelProblem(
            'predict gave %d rows%s for %d rows of input'
            % (array.shape[0], "" if name == "prediction" else ' of "%s"' % name, rows)
        )
    return kind_of(numpy, name, array)


def kind_of(numpy, name, array):
    kind = array.dtype.kind
    if kind == "b":
        return "bool", array
    if kind == "i":
        return "int64", array.astype("int64")
    if kind == "u":
        return ("uint64", array.astype("uint64")) if array.dtype.itemsize == 8 else ("int64", array.astype("int64"))
    if kind == "f":
        return ("float32", array.astype("float32")) if array.dtype.itemsize <= 4 else ("float64", array.astype("float64"))
    if kind in "US":
        return "string", array.astype(str).astype(object)
    if kind == "M":
        return "string", numpy.datetime_as_string(array).astype(object)
    if kind == "O":
        return objects(numpy, name, array)
    raise ModelProblem('the output "%s" has the type %s; expected numbers, booleans or texts' % (name, array.dtype))


def objects(numpy, name, array):
    """Texts, or numbers in a column that could hold anything."""
    values = array.ravel().tolist()
    if all(isinstance(value, str) for value in values):
        return "string", array
    if all(isinstance(value, bool) for value in values):
        return "bool", array.astype("bool")
    if all(isinstance(value, int) for value in values):
        return "int64", array.astype("int64")
    if all(isinstance(value, (int, float)) for value in values):
        return "float64", array.astype("float64")
    other = next(value for value in values if not isinstance(value, (str, int, float)) or value is None)
    raise ModelProblem('the output "%s" has %s in it; expected numbers, booleans or texts' % (name, described(other)))


def described(value):
    return "nothing (None)" if value is None else "an object of the type %s" % type(value).__name__


class OutputPlan:
    """What the first scoring gave, which all later ones have to give too."""

    def __init__(self, arrays):
        self.kinds = {name: kind for name, (kind, _) in arrays.items()}
        self.shapes = {name: list(array.shape[1:]) for name, (_, array) in arrays.items()}

    def metadata(self):
        return [
            {"name": name, "isTensor": True, "type": kind, "shape": ["rows", *self.shapes[name]]}
            for name, kind in self.kinds.items()
        ]

    def fitted(self, arrays):
        if set(arrays) != set(self.kinds):
            raise ModelProblem(
                "predict gave the outputs %s, and %s when the model was loaded" % (listed(arrays), listed(self.kinds))
            )
        return {name: (self.kinds[name], self.fit(name, *arrays[name])) for name in self.kinds}

    def fit(self, name, kind, array):
        shape = list(array.shape[1:])
        if shape != self.shapes[name]:
            raise ModelProblem(
                'the output "%s" has the shape %s a row, and %s when the model was loaded'
                % (name, shape, self.shapes[name])
            )
        expected = self.kinds[name]
        if kind == expected or (array.size == 0):
            return array
        if expected.startswith("float") and kind != "string":
            return array.astype(expected)
        if expected.endswith("int64") and kind != "string" and (array == array.astype("int64")).all():
            return array.astype(expected)
        raise ModelProblem('the output "%s" is of %s, and was of %s when the model was loaded' % (name, kind, expected))


def listed(names):
    return ", ".join('"%s"' % name for name in names)
