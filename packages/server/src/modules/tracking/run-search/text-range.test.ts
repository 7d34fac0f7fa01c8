import { expect, test } from "vitest";
import { afterAllWith, fixedBeginning, indexedPart } from "./text-range.ts";

test.each([
  ["abc", "abd"],
  ["a", "b"],
  ["\u{10ffff}", undefined],
  ["a\u{10ffff}", "b"],
  ["a\ud7ff", "a\ue000"],
  ["a😀", "a😁"],
  ["", undefined],
])("after all that begins with %j comes %j", (beginning, after) => {
  expect(afterAllWith(beginning)).toBe(after);
});

test.each([
  ["run-%", "run-"],
  ["%run", ""],
  ["a_c", "a"],
  ["plain", "plain"],
  [`${"😀".repeat(70)}%`, "😀".repeat(64)],
])("what fits %j begins with %j", (pattern, beginning) => {
  expect(fixedBeginning(pattern)).toBe(beginning);
});

test("the index has the first 64 characters, never half of one", () => {
  expect(indexedPart("😀".repeat(65))).toBe("😀".repeat(64));
});
