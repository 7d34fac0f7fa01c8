import { expect, it } from "vitest";
import { diffValues } from "./diff-values.ts";

it("says what differs, a line per leaf", () => {
  const before = { model: "late", version: 1, limits: { rows: 10, ms: 5 } };
  const after = { model: "late", version: 2, limits: { rows: 10 }, tags: ["a", "b"] };
  expect(diffValues(before, after)).toEqual([
    { path: "version", before: "1", after: "2" },
    { path: "limits.ms", before: "5", after: undefined },
    { path: "tags", before: undefined, after: "a, b" },
  ]);
});

it("takes nothing for no lines", () => {
  expect(diffValues(null, { class: "small" })).toEqual([{ path: "class", before: undefined, after: "small" }]);
  expect(diffValues(null, null)).toEqual([]);
});
