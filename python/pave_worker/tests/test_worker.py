"""What goes in and out of a model, without MLflow: `python -m unittest discover -s python/pave_worker/tests`."""

import json
import os
import sys
import tempfile
import unittest

import numpy as np
import pandas as pd

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from check import difference
from inputs import blank_rows, model_input, read_inputs, row_tensors
from model import PyfuncModel, rows_of
from outputs import OutputPlan, named_arrays
from problem import ModelProblem, sentence_of
from watchdog import Shared
from wire import FrameReader, encode_frame


class Signature:
    def __init__(self, *columns):
        self.columns = list(columns)

    def to_dict(self):
        return {"inputs": json.dumps(self.columns)}


def column(kind, name="x", required=True):
    return {"type": kind, "name": name, "required": required}


def tensor(dtype, shape, name=None):
    spec = {"type": "tensor", "tensor-spec": {"dtype": dtype, "shape": shape}}
    return {**spec, "name": name} if name else spec


class Inputs(unittest.TestCase):
    def test_columns_become_a_frame_of_their_types(self):
        kinds = ["boolean", "integer", "long", "float", "double", "string"]
        inputs = read_inputs(Signature(*[column(kind, kind) for kind in kinds]))
        rows = [{"boolean": True, "integer": 1, "long": 2**60, "float": 0.5, "double": None, "string": "a"}]
        frame = model_input(inputs, row_tensors(inputs, rows))
        self.assertEqual(
            [str(kind) for kind in frame.dtypes], ["bool", "int32", "int64", "float32", "float64", "object"]
        )
        self.assertEqual(frame["long"][0], 2**60)
        self.assertTrue(np.isnan(frame["double"][0]))
        frame.loc[0, "float"] = 2.0  # a model may write to what it was given

    def test_points_in_time_become_what_pandas_calls_one(self):
        inputs = read_inputs(Signature(column("datetime", "at", False)))
        texts = [
            ("2026-03-01", "2026-03-01T00:00:00"),
            ("2026-03-01 12:30", "2026-03-01T12:30:00"),
            ("2026-03-01T12:30:15.123456789Z", "2026-03-01T12:30:15.123456789"),
            ("2026-03-01T01:30:00,5+02:00", "2026-02-28T23:30:00.5"),
            ("2026-03-01T23:30:00-0330", "2026-03-02T03:00:00"),
            ("2024-02-29", "2024-02-29T00:00:00"),
        ]
        frame = model_input(inputs, row_tensors(inputs, [{"at": text} for text, _ in texts] + [{"at": None}]))
        self.assertEqual(str(frame["at"].dtype), "datetime64[ns]")
        for found, (_, expected) in zip(frame["at"], texts):
            self.assertEqual(found, pd.Timestamp(expected))
        self.assertTrue(pd.isna(frame["at"].iloc[-1]))
        self.assertEqual(model_input(inputs, blank_rows(inputs))["at"][0], pd.Timestamp(0))
        for text in ("yesterday", "2026-02-29", "01.03.2026", "2026-03-01T25:00", "1600-01-01", "1772366400"):
            with self.assertRaises(ModelProblem) as caught:
                row_tensors(inputs, [{"at": text}])
            self.assertIn('the input example does not fit the signature: "at"', str(caught.exception))
            with self.assertRaises(ModelProblem) as caught:
                model_input(inputs, {"at": np.array([text], dtype=object)})
            self.assertIn('"at": expected a date and time in ISO 8601', str(caught.exception))

    def test_a_tensor_stays_one_and_named_ones_are_a_dict(self):
        [only] = read_inputs(Signature(tensor("float32", [-1, 2])))
        given = model_input([only], row_tensors([only], [[1, 2], [3, 4]]))
        self.assertEqual((given.shape, str(given.dtype)), ((2, 2), "float32"))
        named = read_inputs(Signature(tensor("int64", [-1], "a"), tensor("str", [-1], "b")))
        self.assertEqual(list(model_input(named, blank_rows(named))), ["a", "b"])

    def test_what_may_be_missing_is_told_as_such(self):
        inputs = read_inputs(Signature(column("double", "a", False), column("long", "b", False)))
        self.assertEqual([each.feature()["required"] for each in inputs], [False, True])

    def test_signatures_that_cannot_be_served_are_refused(self):
        cases = [
            (Signature(), "no signature with inputs"),
            (None, "no signature with inputs"),
            (Signature(column("array")), 'gives "x" the type "array"'),
            (Signature(column("long"), column("long")), 'names the input "x" twice'),
            (Signature(tensor("complex64", [-1])), 'the tensor type "complex64"'),
            (Signature(tensor("float32", [2, 2])), "the first dimension must be -1"),
            (Signature(tensor("float32", [-1, -1])), "the first dimension must be -1"),
        ]
        for signature, said in cases:
            with self.assertRaises(ModelProblem) as caught:
                read_inputs(signature)
            self.assertIn(said, str(caught.exception))

    def test_an_example_that_does_not_fit_is_refused(self):
        inputs = read_inputs(Signature(column("long")))
        for row in ({"x": "many"}, {"y": 1}, {"x": 2**70}):
            with self.assertRaises(ModelProblem):
                row_tensors(inputs, [row])

    def test_examples_are_read_in_every_form_that_mlflow_writes(self):
        inputs = read_inputs(Signature(column("long", "a"), column("long", "b")))
        expected = [{"a": 1, "b": 2}]
        for value in (
            {"columns": ["a", "b"], "data": [[1, 2]]},
            {"dataframe_split": {"columns": ["a", "b"], "data": [[1, 2]]}},
            {"dataframe_records": expected},
            {"a": [1], "b": [2]},
            {"a": 1, "b": 2},
            expected,
        ):
            self.assertEqual(rows_of(value, inputs), expected)


class Outputs(unittest.TestCase):
    def test_everything_that_predict_may_give(self):
        cases = [
            (np.array([1.5, 2.5], dtype="float32"), {"prediction": ("float32", [1.5, 2.5])}),
            (np.array([[1.0, 2.0], [3.0, 4.0]]), {"prediction": ("float64", [[1.0, 2.0], [3.0, 4.0]])}),
            (pd.Series([1, 2], name="y"), {"prediction": ("int64", [1, 2])}),
            (["a", "b"], {"prediction": ("string", ["a", "b"])}),
            ([True, False], {"prediction": ("bool", [True, False])}),
            (pd.DataFrame({"p": [0.5, 1], "label": ["x", "y"]}), {"p": ("float64", [0.5, 1.0]), "label": ("string", ["x", "y"])}),
            ({"a": [1, 2], "b": np.array(["x", "y"])}, {"a": ("int64", [1, 2]), "b": ("string", ["x", "y"])}),
            ([{"a": 1, "b": "x"}, {"a": 2, "b": "y"}], {"a": ("int64", [1, 2]), "b": ("string", ["x", "y"])}),
            (pd.Series(["u", "v"], dtype="category"), {"prediction": ("string", ["u", "v"])}),
            (np.array(["2026-01-01", "2026-01-02"], dtype="datetime64[D]"), {"prediction": ("string", ["2026-01-01", "2026-01-02"])}),
        ]
        for result, expected in cases:
            found = {name: (kind, array.tolist()) for name, (kind, array) in named_arrays(result, 2).items()}
            self.assertEqual(found, expected)

    def test_what_cannot_be_answered_row_by_row_is_one_sentence(self):
        cases = [
            ([1, 2, 3], "predict gave 3 rows for 2 rows of input"),
            (pd.DataFrame({"a": [1]}), 'predict gave 1 rows of "a" for 2 rows of input'),
            (None, "predict gave nothing (None) for 2 rows"),
            (7, "predict gave an object of the type int for 2 rows"),
            ("text", "predict gave an object of the type str for 2 rows"),
            (np.float64(1), "predict gave one value for 2 rows"),
            (pd.DataFrame(), "predict gave no column"),
            ([[1, 2], [3]], "rows of different lengths"),
            ([None, "a"], "has nothing (None) in it"),
            ([object(), object()], "has an object of the type object in it"),
            (np.array([1j, 2j]), "has the type complex128"),
            ([{"a": 1}, {"b": 1}], "dicts with different keys"),
        ]
        for result, said in cases:
            with self.assertRaises(ModelProblem) as caught:
                named_arrays(result, 2)
            self.assertIn(said, str(caught.exception))

    def test_later_answers_have_to_be_as_the_first(self):
        plan = OutputPlan(named_arrays({"a": [1.5], "n": [1]}, 1))
        fitted = plan.fitted(named_arrays({"n": [2.0, 3.0], "a": [1, 2]}, 2))
        self.assertEqual([(kind, array.tolist()) for kind, array in fitted.values()], [("float64", [1, 2]), ("int64", [2, 3])])
        for other in ({"a": ["x"], "n": [1]}, {"a": [1.0]}, {"a": [[1.0]], "n": [1]}, {"a": [1.0], "n": [1.5]}):
            with self.assertRaises(ModelProblem):
                plan.fitted(named_arrays(other, 1))


class Wire(unittest.TestCase):
    def test_frames_come_out_as_they_went_in_however_they_are_cut(self):
        texts = np.array([["Zürich"], [""]], dtype=object)
        tensors = {"t": ("string", texts), "n": ("int64", np.array([2**60, -1])), "b": ("bool", np.array([True]))}
        data = encode_frame({"type": "answer", "id": 3}, tensors) + encode_frame({"type": "idle"})
        for size in (1, 3, len(data)):
            reader, frames = FrameReader(), []
            for at in range(0, len(data), size):
                frames += reader.read(data[at : at + size])
            self.assertEqual([message["type"] for message, _ in frames], ["answer", "idle"])
            read = frames[0][1]
            self.assertEqual({name: array.tolist() for name, array in read.items()}, {"t": [["Zürich"], [""]], "n": [2**60, -1], "b": [True]})

    def test_what_is_no_frame_is_refused(self):
        with self.assertRaises(ValueError):
            FrameReader().read(b"GET / HTTP/1.1\r\n")


class Rest(unittest.TestCase):
    def test_recorded_outputs_are_compared(self):
        self.assertEqual(difference("a", 0, 1, 1), 0)
        self.assertLess(difference("a", 0, 1000.0, 1000.05), 1e-4)
        for recorded, scored in ((1.0, 1.1), ("a", "b"), (1, "a")):
            with self.assertRaises(ModelProblem):
                difference("a", 0, recorded, scored)

    def test_code_that_leaves_the_process_has_failed(self):
        model = PyfuncModel.__new__(PyfuncModel)
        model.inputs, model.example = read_inputs(Signature(column("long"))), []
        model.pyfunc = type("Leaving", (), {"predict": lambda self, given: sys.exit(0)})()
        with self.assertRaises(ModelProblem):
            model.score(blank_rows(model.inputs))

    def test_the_first_line_of_an_error_is_its_sentence(self):
        self.assertEqual(sentence_of(ValueError("\n one\n two")), "ValueError: one")
        self.assertEqual(sentence_of(KeyError()), "KeyError")

    def test_both_processes_see_the_deadline(self):
        with tempfile.TemporaryFile() as file:
            file.truncate(16)
            mine, other = Shared(file.fileno()), Shared(file.fileno())
            mine.begin(12.5)
            mine.ready()
            self.assertEqual((other.deadline_ms, other.is_ready), (12.5, True))
            other.forget()
            self.assertEqual((mine.deadline_ms, mine.is_ready), (0, False))


if __name__ == "__main__":
    unittest.main()
