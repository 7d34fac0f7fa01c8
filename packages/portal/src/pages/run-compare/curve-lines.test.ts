import type { CurvePoint } from "@pave/contract";
import { expect, test } from "vitest";
import { curveLine, nearestPoint } from "./curve-lines.ts";

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
      [20, 0],
      [30, 2],
    ],
  ],
  [
    { ...plain, x: "time" },
    [
      [5000, 4],
      [9000, 0],
      [10_000, 2],
    ],
  ],
  [
    { ...plain, x: "relative" },
    [
      [0, 4],
      [4, 0],
      [5, 2],
    ],
  ],
  [
    { ...plain, isYLog: true },
    [
      [0, 4],
      [30, 2],
    ],
  ],
  [
    { ...plain, isXLog: true },
    [
      [20, 0],
      [30, 2],
    ],
  ],
] as const)("with %j the curve is %j", (options, line) => {
  expect(curveLine(points, options).smoothed).toEqual(line);
});

test("what was logged stays beside what is smoothed", () => {
  const { raw, smoothed } = curveLine(points, { ...plain, weight: 0.5 });
  expect(raw).toEqual([
    [0, 4],
    [20, 0],
    [30, 2],
  ]);
  expect(smoothed.map(([, y]) => Number(y.toFixed(3)))).toEqual([4, 1.333, 1.714]);
});

test("the nearest point is found from either side, and at the ends", () => {
  const line = curveLine(points, plain).raw;
  expect([-5, 9, 11, 24, 99].map((x) => nearestPoint(line, x)?.[0])).toEqual([0, 0, 20, 20, 30]);
  expect(nearestPoint([], 3)).toBeUndefined();
});
