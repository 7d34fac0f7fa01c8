import { expect, test } from "vitest";
import { numberShown, valueText } from "./number-shown.ts";

test.each([
  [0.5, 0.5, "0.5"],
  [-1.2e300, -1.2e300, "-1.2e+300"],
  [Number.NaN, null, "NaN"],
  [Number.POSITIVE_INFINITY, null, "Infinity"],
  [Number.MAX_VALUE, null, "Infinity"],
  [-Number.MAX_VALUE, null, "-Infinity"],
])("%d is shown as %j, in words %s", (value, shown, text) => {
  expect([numberShown(value), valueText(value)]).toEqual([shown, text]);
});
