import { expect, test } from "vitest";
import { type AnswerFacts, answerShape } from "./answer-shape.ts";
import { type Outputs, predictionDecoder as textDecoder } from "./prediction-decoder.ts";
import type { OutputPlan } from "./tensor-plan.ts";

/** What the text says. */
const predictionDecoder = (facts: Omit<AnswerFacts, "onnxFile">, plans: readonly OutputPlan[]) => {
  const decode = textDecoder(answerShape({ onnxFile: "model.onnx", ...facts }, plans));
  return (outputs: Outputs, row: number) => {
    const text = decode(outputs, row);
    return text === undefined ? undefined : JSON.parse(text);
  };
};
const label = (type: "int64" | "string"): OutputPlan => ({ name: "label", type, datatype: "INT64", rowShape: [] });
const probabilities: OutputPlan = { name: "probabilities", type: "float32", datatype: "FP32", rowShape: [2] };
const outputs = (labels: readonly unknown[], values: readonly number[]): Outputs => ({
  label: { data: labels, dims: [labels.length] },
  probabilities: { data: values, dims: [labels.length, values.length / labels.length] },
});
const classification = (classes?: (string | number | boolean)[], positive?: string | number | boolean) => ({
  task: "classification" as const,
  classes,
  positive,
});

test("classes are what the metadata calls them, and the positive one's probability is named first", () => {
  const decode = predictionDecoder(classification([false, true], true), [label("int64"), probabilities]);
  const both = outputs([1n, 0n], [0.25, 0.75, 0.875, 0.125]);
  expect(decode(both, 0)).toEqual({ label: true, probability: 0.75, probabilities: { false: 0.25, true: 0.75 } });
  expect(decode(both, 1)).toEqual({ label: false, probability: 0.125, probabilities: { false: 0.875, true: 0.125 } });
});

test.each([
  [
    "texts",
    classification(["no", "yes"], "yes"),
    "string",
    "yes",
    { label: "yes", probability: 0.75, probabilities: { no: 0.25, yes: 0.75 } },
  ],
  [
    "texts behind their index",
    classification(["no", "yes"], "yes"),
    "int64",
    1n,
    { label: "yes", probability: 0.75, probabilities: { no: 0.25, yes: 0.75 } },
  ],
  [
    "numbers",
    classification([3, 7], 7),
    "int64",
    7n,
    { label: 7, probability: 0.75, probabilities: { 3: 0.25, 7: 0.75 } },
  ],
  [
    "numbers written as texts",
    classification([3, 7], 7),
    "string",
    "7",
    { label: 7, probability: 0.75, probabilities: { 3: 0.25, 7: 0.75 } },
  ],
  [
    "no positive class",
    classification(["no", "yes"]),
    "string",
    "no",
    { label: "no", probability: 0.25, probabilities: { no: 0.25, yes: 0.75 } },
  ],
  ["no classes", classification(), "int64", 1n, { label: 1, probability: 0.75, probabilities: { 0: 0.25, 1: 0.75 } }],
] as const)("labels of %s", (_title, metadata, type, raw, prediction) => {
  const mlModel = { ...metadata, classes: metadata.classes && [...metadata.classes] };
  expect(predictionDecoder(mlModel, [label(type), probabilities])(outputs([raw], [0.25, 0.75]), 0)).toEqual(prediction);
});

test("probabilities lose the noise of float32, small ones nothing else", () => {
  const decode = predictionDecoder(classification([0, 1], 1), [label("int64"), probabilities]);
  const values = [Math.fround(0.9), Math.fround(1.2345678e-7)];
  expect(decode(outputs([0n], values), 0)).toMatchObject({
    probability: 1.234568e-7,
    probabilities: { 0: 0.89999998 },
  });
});

test("numbers that are not finite give no prediction", () => {
  const decode = predictionDecoder(classification([0, 1], 1), [label("int64"), probabilities]);
  expect(decode(outputs([0n], [Number.NaN, 0.5]), 0)).toBeUndefined();
  const value: OutputPlan = { name: "variable", type: "float32", datatype: "FP32", rowShape: [1] };
  const regress = predictionDecoder({ task: "regression", classes: undefined, positive: undefined }, [value]);
  expect(regress({ variable: { data: [1.5, Number.NaN], dims: [2, 1] } }, 0)).toEqual({ value: 1.5 });
  expect(regress({ variable: { data: [1.5, Number.NaN], dims: [2, 1] } }, 1)).toBeUndefined();
});

test("a model without a task gives its outputs by name", () => {
  const plans: OutputPlan[] = [
    { name: "a", type: "float32", datatype: "FP32", rowShape: [2] },
    { name: "b", type: "float64", datatype: "FP64", rowShape: [] },
  ];
  const decode = predictionDecoder({ task: undefined, classes: undefined, positive: undefined }, plans);
  expect(decode({ a: { data: [1, 2, 3, 4], dims: [2, 2] }, b: { data: [5, 6], dims: [2] } }, 1)).toEqual({
    outputs: { a: [3, 4], b: 6 },
  });
});

test("a label of one bit is the class of its value, wherever that stands", () => {
  const bit: OutputPlan = { name: "label", type: "bool", datatype: "BOOL", rowShape: [] };
  const both = { label: { data: [1, 0], dims: [2] } };
  const labels = (classes?: (string | number | boolean)[]) => {
    const decode = predictionDecoder(classification(classes), [bit]);
    return [decode(both, 0).label, decode(both, 1).label];
  };
  expect(labels()).toEqual([true, false]);
  expect(labels([true, false])).toEqual([true, false]);
  expect(labels([1, 0])).toEqual([1, 0]);
  expect(labels(["no", "yes"])).toEqual(["yes", "no"]);
});
