import type { ProfiledColumn } from "@pave/contract";
import { expect, test } from "vitest";
import { figuresOf, isCompared } from "./profile-words.ts";

const column = (over: Partial<ProfiledColumn> = {}): ProfiledColumn => ({
  ...{ column: "delay", kind: "numeric", missing: 0, flags: [], bars: [], rest: null },
  numbers: { mean: 549.5, deviation: 12.345, min: -3, max: 12_400 },
  ...over,
});

test.each<[string, Partial<ProfiledColumn>, string]>([
  ["numbers", {}, "mean 550 ± 12.3 · -3 to 12.4K · none missing"],
  ["numbers with gaps", { missing: 0.1234 }, "mean 550 ± 12.3 · -3 to 12.4K · 12.3 % missing"],
  ["categories with a few gaps", { numbers: null, missing: 0.0001 }, "less than 0.1 % missing"],
  ["one value only", { flags: ["constant"] }, "none missing"],
  ["no value at all", { numbers: null, missing: 1, flags: ["all-missing"] }, ""],
])("of %s it says what there is to say", (_, over, text) => {
  expect(figuresOf(column(over))).toBe(text);
});

test("a constant or sampled column is compared, one without values or with ids is not", () => {
  expect(isCompared(column({ flags: ["constant", "sampled"] }))).toBe(true);
  expect(isCompared(column({ flags: ["many-distinct"] }))).toBe(false);
});
