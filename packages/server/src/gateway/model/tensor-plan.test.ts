import type { ModelFeature } from "@pave/contract";
import { expect, test } from "vitest";
import { planInputs, planOutputs } from "./tensor-plan.ts";

const feature = (name: string, type: ModelFeature["type"], rest: Partial<ModelFeature> = {}): ModelFeature => ({
  name,
  type,
  required: true,
  shape: [],
  ...rest,
});
const tensor = (name: string, type: string, shape: readonly (number | string)[] = ["", 1]) => ({
  name,
  isTensor: true as const,
  type: type as "float32",
  shape,
});

test("one ONNX input per column, one for all columns, one per tensor", () => {
  expect(
    planInputs([feature("a", "double"), feature("b", "string")], [tensor("b", "string"), tensor("a", "float32", [""])]),
  ).toMatchObject([
    { name: "b", datatype: "BYTES", rowShape: [1], width: 1 },
    { name: "a", datatype: "FP32", rowShape: [], width: 1 },
  ]);
  expect(planInputs([feature("a", "double"), feature("b", "long")], [tensor("X", "float32", ["", 2])])).toMatchObject([
    { name: "X", rowShape: [2], width: 2, features: [{ name: "a" }, { name: "b" }] },
  ]);
  expect(
    planInputs([feature("image", "float", { shape: [2, 3] })], [tensor("image", "float32", ["", 2, 3])]),
  ).toMatchObject([{ rowShape: [2, 3], width: 6 }]);
  expect(planInputs([feature("input-0", "float", { shape: [4] })], [tensor("X", "float32", ["", ""])])).toMatchObject([
    { rowShape: [4], width: 4 },
  ]);
});

test("what has no value for missing is required, whatever the signature says", () => {
  const optional = { required: false };
  const plans = planInputs(
    [feature("a", "long", optional), feature("b", "double", optional), feature("c", "string", optional)],
    [tensor("a", "int64"), tensor("b", "float32"), tensor("c", "string")],
  );
  expect(plans.flatMap(({ features }) => features.map(({ name, required }) => [name, required]))).toEqual([
    ["a", true],
    ["b", false],
    ["c", false],
  ]);
});

test.each([
  [[feature("a", "double")], [tensor("a", "string")], /"a" the type double, the ONNX input "a" takes string/],
  [[feature("a", "string")], [tensor("a", "float32")], /"a" the type string/],
  [[feature("a", "double")], [tensor("a", "int64")], /takes int64/],
  [
    [feature("a", "double"), feature("b", "double")],
    [tensor("a", "float32")],
    /names the input "b", which the ONNX model does not have \(it has: a\)/,
  ],
  [
    [feature("a", "double")],
    [tensor("a", "float32"), tensor("b", "float32")],
    /has the input "b", which the signature does not name/,
  ],
  [
    [feature("a", "double"), feature("b", "double")],
    [tensor("X", "float32", ["", 3])],
    /takes 3 values a row, the signature has 2/,
  ],
  [[feature("a", "double")], [tensor("a", "float32", ["", 30])], /takes \[30\] a row/],
  [[feature("a", "double")], [tensor("a", "float32", [1, 1])], /fixed shape \[1,1\]/],
  [[feature("a", "double")], [tensor("a", "float16")], /type float16, which cannot be served/],
  [[feature("a", "double")], [{ name: "a", isTensor: false as const }], /not a tensor/],
])("signature and model that contradict each other are refused (%#)", (features, inputs, message) => {
  expect(() => planInputs(features, inputs)).toThrow(message);
});

test("an output that is a list of maps names its remedy", () => {
  expect(() => planOutputs([{ name: "output_probability", isTensor: false }])).toThrow(/zipmap=False/);
  expect(planOutputs([tensor("p", "float32", ["", 2])])).toEqual([
    { name: "p", type: "float32", datatype: "FP32", rowShape: [2] },
  ]);
});
