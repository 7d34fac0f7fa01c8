import type { CurvePoint } from "@pave/contract";
import { expect, test } from "vitest";
import { curveLine, nearestIndex, numbersOf } from "./curve-lines.ts";

const points: CurvePoint[] = [
  [0, 5000, 4],
  [10, 6000, null],
  [20, 9000, 0],
  [30, 10_000, 2],
];
const plain = { x: "step", weight: 0, isXLog: false, isYLog: false } as const;

test.each([
  [
    plain,
    [
      [0, 4],
      [10, null],
      [20, 0],
      [30, 2],
    ],
  ],
  [
    { ...plain, x: "time" },
    [
      [5000, 4],
      [6000, null],
      [9000, 0],
      [10_000, 2],
    ],
  ],
  [
    { ...plain, x: "relative" },
    [
      [0, 4],
      [1, null],
      [4, 0],
      [5, 2],
    ],
  ],
  [
    { ...plain, isYLog: true },
    [
      [0, 4],
      [10, null],
      [20, null],
      [30, 2],
    ],
  ],
  [
    { ...plain, isXLog: true },
    [
      [10, null],
      [20, 0],
      [30, 2],
    ],
  ],
] as const)("with %j the curve is %j", (options, line) => {
  expect(curveLine(points, options).smoothed).toEqual(line);
});

test("what was logged stays beside what is smoothed", () => {
  const { raw, smoothed } = curveLine(points, { ...plain, weight: 0.5 });
  expect(numbersOf(raw)).toEqual([4, 0, 2]);
  expect(numbersOf(smoothed).map((y) => Number(y.toFixed(3)))).toEqual([4, 1.333, 1.714]);
  expect(smoothed.map(([x]) => x)).toEqual(raw.map(([x]) => x));
});

test("the nearest point is found from either side, and at the ends", () => {
  const line = curveLine(points, plain).raw;
  expect([-5, 4, 9, 11, 24, 99].map((x) => nearestIndex(line, x))).toEqual([0, 0, 1, 1, 2, 3]);
  expect(nearestIndex([], 3)).toBe(-1);
});
