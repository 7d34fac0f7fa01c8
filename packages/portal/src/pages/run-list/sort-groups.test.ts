import type { RunGroup } from "@pave/contract";
import { expect, test } from "vitest";
import { bestOfGroup, sortGroups } from "./sort-groups.ts";

const group = (value: string | null, min: number | null, max = min): RunGroup => ({
  value,
  count: 1,
  metric: min === null || max === null ? null : { runs: 1, min, max, mean: min },
  run: null,
  isFound: false,
});
const groups = [group("a", 0.1, 0.5), group("b", 0.2, 0.9), group("c", null), group("d", null), group(null, 0.05, 1)];
const order = (metric: string | undefined) => sortGroups(groups, metric).map(({ value }) => value);

test("groups are sorted by their best run, with those that have no value at the end", () => {
  expect(order("auc")).toEqual(["b", "a", "c", "d", null]);
  expect(order("loss")).toEqual(["a", "b", "c", "d", null]);
  expect(order(undefined)).toEqual(["a", "b", "c", "d", null]);
});

test("the best is the highest, or the lowest where that is better", () => {
  expect([bestOfGroup(group("a", 1, 2), "auc"), bestOfGroup(group("a", 1, 2), "log_loss")]).toEqual([2, 1]);
  expect(bestOfGroup(group("a", null), "auc")).toBeNull();
});
