import { expect, test } from "vitest";
import { nearestMark, plotDomain, plotValue } from "./scatter-marks.ts";

const texts = { id: "params.m", label: "m", type: "text", values: ["a", "b"] } as const;
const numbers = { id: "params.n", label: "n", type: "number", domain: [0, 100], isLog: false } as const;

test("numbers stand at their value, texts at their place, and neither on the edge", () => {
  expect([plotValue(numbers, 5), plotValue(numbers, "x"), plotValue(texts, "b"), plotValue(texts, "c")]).toEqual([
    5,
    null,
    1,
    null,
  ]);
  expect([plotDomain(numbers), plotDomain(texts)]).toEqual([
    [-6, 106],
    [-0.5, 1.5],
  ]);
});

test("the mark under the pointer is the nearest, if one is near", () => {
  const frame = { x: (value: number) => value, y: (value: number) => value };
  const marks = [
    { key: "a", x: 10, y: 10 },
    { key: "b", x: 30, y: 10 },
  ];
  expect(nearestMark(marks, { x: 22, y: 10 }, frame)).toBe("b");
  expect(nearestMark(marks, { x: 12, y: 12 }, frame)).toBe("a");
  expect(nearestMark(marks, { x: 200, y: 10 }, frame)).toBeNull();
});
