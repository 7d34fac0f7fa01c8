import { expect, it } from "vitest";
import { sortSlice } from "./sort-slice.ts";

it.each([
  ["numbers", ["4", "1", "10", "-2"], ["-2", "1", "4", "10"]],
  ["ranges", ["20-30", "0-10", "10-20"], ["0-10", "10-20", "20-30"]],
  ["intervals", ["[10, 20)", "[0, 10)"], ["[0, 10)", "[10, 20)"]],
  ["weekdays", ["Sunday", "Monday", "Wed"], ["Monday", "Wed", "Sunday"]],
  ["months", ["feb", "jan"], ["jan", "feb"]],
  ["names, which have no order", ["ORD", "ATL", "7Q"], ["ORD", "ATL", "7Q"]],
])("puts %s in order", (_, values, sorted) => {
  expect(sortSlice(values.map((value) => ({ value }))).map(({ value }) => value)).toEqual(sorted);
});
