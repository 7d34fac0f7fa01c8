"""The fitted pipeline as ONNX: an input per column, [rows, 1]; outputs `label` and `probabilities`, [rows, 2]."""

from onnx import ModelProto
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.pipeline import Pipeline

from table import OUTPUTS, Feature

OPSETS = {"": 17, "ai.onnx.ml": 3}


def to_onnx(pipeline: Pipeline, features: list[Feature]) -> ModelProto:
    types = [
        StringTensorType([None, 1]) if feature.kind == "string" else FloatTensorType([None, 1]) for feature in features
    ]
    inputs = [(f"input_{index}", kind) for index, kind in enumerate(types)]
    options = {id(pipeline): {"zipmap": False}}
    model = convert_sklearn(pipeline, name="classifier", initial_types=inputs, target_opset=OPSETS, options=options)
    rename_tensors(model, {f"input_{index}": feature.name for index, feature in enumerate(features)})
    # The converter lists them in the order of a set, which differs from process to process.
    model.opset_import.sort(key=lambda opset: opset.domain)
    return model


def rename_tensors(model: ModelProto, inputs: dict[str, str]) -> None:
    """Gives inputs the names of their columns, which the converter would not take if they are no identifiers.

    Everything between inputs and outputs is put out of the way of columns that happen to be called the same.
    """

    def renamed(name: str) -> str:
        return inputs.get(name) or (name if name in OUTPUTS or name == "" else f"graph/{name}")

    for value in [*model.graph.input, *model.graph.value_info, *model.graph.initializer]:
        value.name = renamed(value.name)
    for node in model.graph.node:
        node.input[:] = [renamed(name) for name in node.input]
        node.output[:] = [renamed(name) for name in node.output]
