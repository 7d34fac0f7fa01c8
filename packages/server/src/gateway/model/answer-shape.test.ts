import { expect, test } from "vitest";
import { outputPlan } from "../testing/output-plan.ts";
import { type AnswerFacts, answerShape } from "./answer-shape.ts";
import { modelAnswers, scoreOf } from "./model-answers.ts";
import { type Outputs, predictionDecoder } from "./prediction-decoder.ts";
import { predictionReader } from "./prediction-reader.ts";
import type { OutputPlan } from "./tensor-plan.ts";

const label = outputPlan("label", "int64");
const probabilities = outputPlan("probabilities", "float32", 2);
const nothing: AnswerFacts = { onnxFile: "model.onnx", task: undefined, classes: undefined, positive: undefined };
const shapeOf = (plans: readonly OutputPlan[], facts: Partial<AnswerFacts> = {}) =>
  answerShape({ ...nothing, ...facts }, plans);

test.each([
  [[false, true], undefined],
  [[0, 1], undefined],
  [[1, 0], undefined],
  [[1, 0], 0],
  [["yes", "no"], undefined],
  [["left", "stayed"], "left"],
])("classes %j with positive %j: what is kept of an answer is what is watched", (classes, positive) => {
  const shape = shapeOf([label, probabilities], { classes, positive });
  const outputs: Outputs = {
    label: { data: [1n], dims: [1] },
    probabilities: { data: [0.25, 0.75], dims: [1, 2] },
  };
  const prediction = JSON.parse(predictionDecoder(shape)(outputs, 0) ?? "");
  const { score } = scoreOf(modelAnswers(shape), prediction);
  const read = predictionReader(shape);
  expect([read?.kind, score]).toEqual(["probability", read?.read(outputs, 0)]);
});

test("several outputs of a Python model are told by name, whatever they look like", () => {
  expect(shapeOf([label, probabilities], { onnxFile: undefined })).toMatchObject({ kind: "outputs" });
  expect(shapeOf([label], { onnxFile: undefined })).toMatchObject({ kind: "class" });
});

test.each<[Partial<AnswerFacts>, readonly OutputPlan[], RegExp]>([
  [{ classes: ["a", "b", "c"] }, [label, probabilities], /names 3 classes and gives 2 probabilities/],
  [{ classes: ["a", "b"], positive: "z" }, [label, probabilities], /positive class "z" is not one of its classes/],
  [{ task: "classification" }, [probabilities], /no output of labels/],
])("metadata and outputs that contradict each other are refused (%#)", (facts, plans, message) => {
  expect(() => shapeOf(plans, facts)).toThrow(message);
});
