import { expect, test } from "vitest";
import { artifactPlace, plainPath } from "./artifact-place.ts";

const run = "a".repeat(32);
const model = `m-${"b".repeat(32)}`;
const artifact = "01a21efd-7596-7575-8a78-a4ba9577efde";

test.each([
  [`1/${run}/artifacts`, { in: "run", runId: run, path: "" }],
  [`1/${run}/artifacts/`, { in: "run", runId: run, path: "" }],
  [`12/${run}/artifacts/a/b c+ä.txt`, { in: "run", runId: run, path: "a/b c+ä.txt" }],
  [`1/models/${model}/artifacts/MLmodel`, { in: "model", modelId: model, path: "MLmodel" }],
  [`artifacts/${artifact}/data/model.onnx`, { in: "artifact", artifactId: artifact, path: "data/model.onnx" }],
  [`1/${run}/artifacts/100%`, { in: "run", runId: run, path: "100%" }],
])("%s", (path, place) => {
  expect(artifactPlace(path)).toEqual(place);
});

test.each([
  "../secret",
  "a/../../b",
  "a/./b",
  "a//b",
  "/etc/passwd",
  "%2e%2e/secret",
  "a/%2e%2e%2fb",
  "%252e%252e/b",
  "a%5cb",
  "a\\b",
  "a#b",
  "a%23b",
  "a\0b",
  "a%00b",
  "c:/windows",
  "file:/etc/passwd",
  "x".repeat(1001),
  `${"x".repeat(256)}/a`,
])("%j is no plain path", (path) => {
  expect(() => plainPath(path)).toThrow(/Invalid path/);
  expect(() => artifactPlace(`1/${run}/artifacts/${path}`)).toThrow(/Invalid path/);
});

test.each([
  "",
  "1",
  `1/${run}`,
  `x/${run}/artifacts/a`,
  `1/${"A".repeat(32)}/artifacts/a`,
  "artifacts/x/a",
  "traces/1",
])("there is nothing at %j", (path) => {
  expect(() => artifactPlace(path)).toThrow(/There is nothing at/);
});
