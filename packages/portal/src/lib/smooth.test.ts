import { expect, test } from "vitest";
import { smooth } from "./smooth.ts";

test("a weight of zero leaves all as it is", () => {
  expect(smooth([1, null, 3], 0)).toEqual([1, null, 3]);
});

test("what is flat stays flat, from its first value on", () => {
  for (const value of smooth([5, 5, 5, 5], 0.9)) expect(value).toBeCloseTo(5, 12);
});

test("each value is drawn to those before it, and gaps stay gaps", () => {
  const [first, gap, second] = smooth([1, null, 0], 0.5);
  expect([first, gap]).toEqual([1, null]);
  // (0.5 * 0.5) / (1 - 0.5 ** 2)
  expect(second).toBeCloseTo(1 / 3, 12);
});
