import { expect, test } from "vitest";
import { parseRange } from "./byte-range.ts";

test.each([
  [undefined, 10, undefined],
  ["bytes=0-3", 10, { start: 0, end: 3 }],
  ["bytes=4-", 10, { start: 4, end: 9 }],
  ["bytes=-3", 10, { start: 7, end: 9 }],
  ["bytes=-30", 10, { start: 0, end: 9 }],
  ["bytes=5-100", 10, { start: 5, end: 9 }],
  ["bytes=10-", 10, "unsatisfiable"],
  ["bytes=-0", 10, "unsatisfiable"],
  ["bytes=0-", 0, "unsatisfiable"],
  ["bytes=3-1", 10, undefined],
  ["bytes=-", 10, undefined],
  ["bytes=0-1,4-5", 10, undefined],
  ["rows=0-1", 10, undefined],
])("%j of %d bytes", (header, size, expected) => {
  expect(parseRange(header, size)).toEqual(expected);
});
