import { expect, test } from "vitest";
import { until } from "./until.ts";

test.each([
  [0, "now"],
  [-5, "now"],
  [5, "in 5 min"],
  [59, "in 59 min"],
  [90, "in 2 h"],
  [60 * 47, "in 47 h"],
  [60 * 24 * 7, "in 7 d"],
])("%s minutes is %s", (minutes, text) => {
  expect(until(new Date(minutes * 60_000).toISOString(), 0)).toBe(text);
});
