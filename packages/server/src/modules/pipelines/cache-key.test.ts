import { expect, test } from "vitest";
import { type CacheFields, cacheKey, explainMiss } from "./cache-key.ts";

const fields: CacheFields = {
  component: { name: "train", version: "1.0.0", digest: "sha256:c", builtin: false },
  command: ["python", "train.py"],
  code: { "train.py": "sha256:1", "table.py": "sha256:2" },
  params: { maxIterations: 40, target: "late" },
  inputs: { train: "sha256:t" },
  outputs: { model: { type: "model", formats: ["onnx"], required: true } },
  python: { digest: "sha256:p" },
  vars: {},
};

test.each<[string, Partial<CacheFields>]>([
  ["param maxIterations changed from 40 to 200", { params: { maxIterations: 200, target: "late" } }],
  ['param exclude was added as ["id"]', { params: { ...fields.params, exclude: ["id"] } }],
  ["param target was removed", { params: { maxIterations: 40 } }],
  ["code of steps/train changed: train.py", { code: { ...fields.code, "train.py": "sha256:9" } }],
  ["code of steps/train changed: new.py", { code: { ...fields.code, "new.py": "sha256:9" } }],
  ["command of steps/train changed", { command: ["python", "other.py"] }],
  [
    "component train changed from 1.0.0 to 1.1.0",
    { component: { ...fields.component, version: "1.1.0", digest: "sha256:d" } },
  ],
  ["component train changed", { component: { ...fields.component, digest: "sha256:d" } }],
  ["component changed from train to fit", { component: { ...fields.component, name: "fit", digest: "sha256:d" } }],
  ["input train changed", { inputs: { train: "sha256:u" } }],
  ["Python environment changed", { python: { digest: "sha256:q" } }],
  ["declared outputs changed", { outputs: {} }],
  ["variable sample was added as 5", { vars: { sample: 5 } }],
  [
    "param maxIterations changed from 40 to 1; param target was removed; input train changed; and 1 more changes",
    { params: { maxIterations: 1 }, inputs: { train: "sha256:u" }, python: null },
  ],
])("%s", (sentence, change) => {
  const now = { ...fields, ...change };
  expect(explainMiss(fields, now, "./steps/train")).toBe(sentence);
  expect(cacheKey("p", now)).not.toBe(cacheKey("p", fields));
});

test("a version alone changes no result", () => {
  const renumbered = { ...fields, component: { ...fields.component, version: "2.0.0" } };
  expect(explainMiss(fields, renumbered, "x")).toBeNull();
  expect(cacheKey("p", renumbered)).toBe(cacheKey("p", fields));
});

test("the same fields give the same key, in any order of their names, within a project only", () => {
  const reordered = { ...fields, params: { target: "late", maxIterations: 40 } };
  expect(explainMiss(fields, reordered, "x")).toBeNull();
  expect(cacheKey("p", reordered)).toBe(cacheKey("p", fields));
  expect(cacheKey("q", fields)).not.toBe(cacheKey("p", fields));
});
