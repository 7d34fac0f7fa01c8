import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cpuMsOf } from "../../kernel/testing/measure.ts";
import { readMlModel } from "./read-mlmodel.ts";

const column = (column: Record<string, unknown>) => JSON.stringify([column]);
const mlModel = (parts: { inputs?: string; flavors?: string; rest?: string }) => `
flavors:
  ${parts.flavors ?? "onnx: {data: model.onnx}"}
signature:
  inputs: '${parts.inputs ?? column({ type: "double", name: "x" })}'
${parts.rest ?? ""}`;

test("an MLmodel of ours gives features, classes and the positive one", () => {
  const text = readFileSync(join(import.meta.dirname, "../fixtures/late-1/MLmodel"), "utf8");
  expect(readMlModel(text)).toEqual({
    onnxFile: "model.onnx",
    features: [
      { name: "origin", type: "string", required: true, shape: [] },
      { name: "hour", type: "long", required: true, shape: [] },
      { name: "distance", type: "double", required: true, shape: [] },
      { name: "wind", type: "double", required: false, shape: [] },
    ],
    tensorSignature: false,
    task: "classification",
    classes: [false, true],
    positive: true,
    missingText: "",
    exampleFile: "input_example.json",
  });
});

test("a model that says what a missing text was in training is heard", () => {
  const rest = "metadata: { pave: { missing: unknown } }";
  expect(readMlModel(mlModel({ rest })).missingText).toBe("unknown");
});

test("a tensor signature gives the shape of one row", () => {
  const inputs = column({ type: "tensor", name: "image", "tensor-spec": { dtype: "float32", shape: [-1, 2, 3] } });
  const found = readMlModel(mlModel({ inputs }));
  expect(found.features).toEqual([{ name: "image", type: "float", required: true, shape: [2, 3] }]);
  expect(found.tensorSignature).toBe(true);
});

test.each([
  ["{", /^MLmodel is not valid YAML: /],
  ["a: 1\n".repeat(120_000), /^MLmodel is not valid YAML: it has more than 524288 bytes$/],
  ["flavors: 3", /^MLmodel is not valid: flavors: /],
  [mlModel({ flavors: "sklearn: {}" }), /no onnx flavor \(found: sklearn\)/],
  ["flavors: {onnx: {data: model.onnx}}", /no signature with inputs/],
  [mlModel({ inputs: "no json" }), /not JSON/],
  [mlModel({ inputs: "[]" }), /cannot be read/],
  [
    mlModel({ inputs: column({ type: "datetime", name: "day" }) }),
    /"day" the type "datetime", which no ONNX model takes; /,
  ],
  [
    mlModel({ inputs: column({ type: "binary", name: "photo" }) }),
    /"photo" the type "binary"; expected one of boolean, /,
  ],
  [
    mlModel({
      inputs: JSON.stringify([
        { type: "long", name: "a" },
        { type: "long", name: "a" },
      ]),
    }),
    /"a" twice/,
  ],
  [
    mlModel({ inputs: column({ type: "tensor", name: "t", "tensor-spec": { dtype: "complex64", shape: [-1] } }) }),
    /complex64/,
  ],
  [
    mlModel({ inputs: column({ type: "tensor", name: "t", "tensor-spec": { dtype: "float32", shape: [8, 2] } }) }),
    /first dimension must be -1/,
  ],
  [mlModel({ flavors: "onnx: {data: ../other/model.onnx}" }), /outside the model's folder/],
  [mlModel({ flavors: "onnx: {data: /etc/passwd}" }), /outside the model's folder/],
])("%j is refused with one sentence", (text, message) => {
  expect(() => readMlModel(text)).toThrow(message);
});

test("an MLmodel of very many keys is read in the time of its length", () => {
  const keys = Array.from({ length: 40_000 }, (_, index) => `k${index}: 1\n`).join("");
  const cpuMs = cpuMsOf(() => expect(readMlModel(mlModel({ rest: keys })).onnxFile).toBe("model.onnx"));
  expect(cpuMs).toBeLessThan(15_000);
});
