import { expect, test } from "vitest";
import { outputProblem } from "./output-problem.ts";

type Written = Parameters<typeof outputProblem>[1][number];

const declared: Parameters<typeof outputProblem>[0] = {
  model: { type: "model", formats: ["onnx"], required: true },
  metrics: { type: "metrics", formats: null, required: true },
  extra: { type: "dataset", formats: ["parquet", "csv"], required: false },
};
const file = { path: "f", digest: "sha256:1", size: 1, executable: false };
const model: Written = { port: "model", type: "model", format: "onnx", files: [file] };
const metrics: Written = { port: "metrics", type: "metrics", format: "json", files: [file] };

test.each<[Written[], unknown]>([
  [[model, metrics], undefined],
  [[model, metrics, { port: "report", type: "report", format: "json", files: [file] }], undefined],
  [[model], "no-output: the output metrics is missing: expected the file metrics.json in PAVE_OUTPUT, found nothing"],
  [
    [metrics],
    "no-output: the output model is missing: expected a file model.<format> or a folder model/ in PAVE_OUTPUT, found nothing",
  ],
  [[{ ...model, files: [] }, metrics], expect.stringContaining("no-output: the output model is missing")],
  [[{ ...model, type: "dataset" }, metrics], "invalid-output: the output model: expected type model, found dataset"],
  [[{ ...model, format: "pickle" }, metrics], "invalid-output: the output model: expected format onnx, found pickle"],
  [
    [model, metrics, { port: "extra", type: "dataset", format: "xlsx", files: [file] }],
    "invalid-output: the output extra: expected format parquet or csv, found xlsx",
  ],
  [
    [model, metrics, { ...model, port: "modle" }],
    "invalid-output: the output modle: the component declares no such output; it declares model, metrics, extra",
  ],
])("case %#", (written, expected) => {
  const problem = outputProblem(declared, written);
  expect(problem && `${problem.reason}: ${problem.message}`).toEqual(expected);
});
