import { expect, test } from "vitest";
import { outputPlan } from "../testing/output-plan.ts";
import { type AnswerFacts, answerShape } from "./answer-shape.ts";
import type { Outputs } from "./prediction-decoder.ts";
import { predictionReader } from "./prediction-reader.ts";
import type { OutputPlan } from "./tensor-plan.ts";

const label = outputPlan("label", "int64");
const probabilities = outputPlan("probabilities", "float32", 2);
const outputs: Outputs = {
  label: { data: [1n, 0n], dims: [2] },
  probabilities: { data: [0.25, 0.75, 0.875, 0.125], dims: [2, 2] },
  value: { data: [3.5, -1], dims: [2, 1] },
};
const nothing: AnswerFacts = { onnxFile: "model.onnx", task: undefined, classes: undefined, positive: undefined };
const read = (facts: AnswerFacts, plans: readonly OutputPlan[]) => {
  const reader = predictionReader(answerShape(facts, plans));
  return reader && [reader.kind, reader.read(outputs, 0), reader.read(outputs, 1)];
};

test("of two classes it is the probability of the positive one, or of the second", () => {
  const binary = { ...nothing, classes: ["left", "right"] };
  expect(read({ ...binary, positive: "left" }, [label, probabilities])).toEqual(["probability", 0.25, 0.875]);
  expect(read(binary, [label, probabilities])).toEqual(["probability", 0.75, 0.125]);
  expect(read(nothing, [label, probabilities])).toEqual(["probability", 0.75, 0.125]);
});

test("of a well-known pair it is the positive one, wherever it stands", () => {
  for (const classes of [
    [1, 0],
    ["yes", "no"],
    [true, false],
  ])
    expect(read({ ...nothing, classes }, [label, probabilities])).toEqual(["probability", 0.25, 0.875]);
});

test("of more classes, and without probabilities, it is the label", () => {
  const three = { ...nothing, classes: ["a", "b", "c"] };
  expect(read(three, [label, outputPlan("probabilities", "float32", 3)])).toEqual(["label", "b", "a"]);
  expect(read({ ...nothing, classes: ["no", "yes"] }, [label])).toEqual(["label", "yes", "no"]);
});

test("of one number a row it is the number; anything else is not watched", () => {
  const value = outputPlan("value", "float32", 1);
  expect(read({ ...nothing, task: "regression" }, [value])).toEqual(["number", 3.5, -1]);
  expect(read(nothing, [value, outputPlan("other", "float32", 1)])).toBeUndefined();
  expect(read(nothing, [outputPlan("embedding", "float32", 8)])).toBeUndefined();
});
