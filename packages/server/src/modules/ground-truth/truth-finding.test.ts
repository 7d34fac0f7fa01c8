import { expect, it } from "vitest";
import { findTruthOff } from "./truth-finding.ts";

const window = (gap: number, half = 0.01, rows = 1000, actual = 0.25) => ({
  rows,
  gap: { value: gap, low: gap - half, high: gap + half },
  actual: { value: actual, low: actual, high: actual },
});
const rule = { windows: 2, minRows: 100, minGap: 0.02 };

it.each([
  ["off twice in one direction", [window(0), window(0.06), window(0.05)], true],
  ["off once", [window(0), window(0.06)], false],
  ["off in two directions", [window(-0.06), window(0.06)], false],
  ["within chance", [window(0.06, 0.07), window(0.06, 0.07)], false],
  ["too little to matter", [window(0.015), window(0.015)], false],
  ["too few rows, which do not count", [window(0.06), window(0.05), window(0.3, 0.01, 20)], true],
  ["one window alone", [window(0.06)], false],
  ["nothing", [], false],
])("%s", (_, windows, expected) => {
  expect(findTruthOff("binary", windows, rule) !== undefined).toBe(expected);
});

it("numbers are off by a share of what they are", () => {
  const prices = [window(5, 1, 1000, 1000), window(5, 1, 1000, 1000)];
  expect(findTruthOff("number", prices, rule)).toBeUndefined();
  expect(findTruthOff("number", [window(50, 1, 1000, 1000), window(50, 1, 1000, 1000)], rule)?.gap.value).toBe(50);
});
