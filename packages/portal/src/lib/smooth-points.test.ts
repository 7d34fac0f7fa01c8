import { expect, test } from "vitest";
import { smoothPoints } from "./smooth-points.ts";

const points = (ys: readonly number[]) => ys.map((y, x) => ({ x, y }));
const ys = (smoothed: ReturnType<typeof smoothPoints>) => smoothed.map(({ y }) => Number(y.toFixed(4)));

test.each([
  ["without a weight nothing changes", 0, [3, 1, 2], [3, 1, 2]],
  ["what never changes stays where it is, from its first point on", 0.9, [5, 5, 5], [5, 5, 5]],
  ["a step is followed slowly", 0.5, [0, 0, 1, 1], [0, 0, 0.5714, 0.8]],
  ["nothing has no points", 0.5, [], []],
])("%s", (_, weight, given, expected) => expect(ys(smoothPoints(points(given), weight))).toEqual(expected));
