import { expect, test } from "vitest";
import { cpuMsOf } from "../kernel/testing/measure.ts";
import { findDuplicateKey } from "./find-duplicate-key.ts";

test.each([
  ['{"a": 1, "b": 2}', undefined],
  ['{"a": 1, "b": 2, "a": 3}', "a"],
  ['{"inputs": [{"a": 1}, {"a": 2}]}', undefined],
  ['{"inputs": [{"a": 1}, {"a": 2, "a": 2}]}', "a"],
  ['{"a": "10:30", "b": "x: \\"a\\": 1"}', undefined],
  ['{"a": "10:30", "\\u0061": 1}', "a"],
  ['{"a": {"b": 1}, "b": 2}', undefined],
  ['{"__proto__": 1, "__proto__": 2}', "__proto__"],
  ["[]", undefined],
  ["7", undefined],
])("%s", (text, expected) => {
  expect(findDuplicateKey(text, JSON.parse(text))).toBe(expected);
});

test("long texts with colons in them take no stack and no time", () => {
  const text = JSON.stringify({ a: ":\\".repeat(1_000_000), b: ["x:".repeat(1_000_000)] });
  const cpuMs = cpuMsOf(() => expect(findDuplicateKey(text, JSON.parse(text))).toBeUndefined());
  expect(cpuMs).toBeLessThan(2000);
});
