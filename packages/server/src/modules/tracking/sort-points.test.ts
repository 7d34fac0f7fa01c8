import { expect, test } from "vitest";
import { sortPoints } from "./sort-points.ts";

const at = (step: number, value: number, second = 0, key = "loss") => ({
  ...{ key, step, value },
  time: new Date(Date.UTC(2026, 0, 1, 0, 0, second)),
});
const shown = (...batches: Parameters<typeof sortPoints>[0]) =>
  sortPoints(batches).map(({ runId, point, isLatest }) => [runId, point.key, point.step, point.value, isLatest]);

test("points are in the order of run, key, step, time and value, and the last of each key is the latest", () => {
  expect(
    shown(
      { runId: "b", points: [at(2, 1), at(1, 9), at(1, 3, 0, "acc")] },
      { runId: "a", points: [at(1, 5, 2), at(1, 7, 1)] },
    ),
  ).toEqual([
    ["a", "loss", 1, 7, false],
    ["a", "loss", 1, 5, true],
    ["b", "acc", 1, 3, true],
    ["b", "loss", 1, 9, false],
    ["b", "loss", 2, 1, true],
  ]);
});

test("the same point twice is one, and NaN is the largest value", () => {
  const points = [at(1, Number.NaN), at(1, 4), at(1, Number.NaN), at(1, 4), at(1, Number.MAX_VALUE)];
  expect(shown({ runId: "a", points }, { runId: "a", points })).toEqual([
    ["a", "loss", 1, 4, false],
    ["a", "loss", 1, Number.MAX_VALUE, false],
    ["a", "loss", 1, Number.NaN, true],
  ]);
});
