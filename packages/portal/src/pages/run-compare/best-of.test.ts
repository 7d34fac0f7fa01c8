import { expect, test } from "vitest";
import { bestOf } from "./best-of.ts";

test.each([
  ["roc_auc", [0.7, 0.9, null], 0.9],
  ["loss", [0.7, 0.2, undefined], 0.2],
  ["rows", [1, 2], null],
  ["roc_auc", [0.7], null],
  ["roc_auc", [0.7, 0.7], null],
] as const)("the best %s of %j is %s", (name, values, best) => {
  expect(bestOf(name, values)).toBe(best);
});
