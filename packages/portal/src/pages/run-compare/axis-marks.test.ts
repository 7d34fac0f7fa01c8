import { expect, test } from "vitest";
import { axisMarks, numberText } from "./axis-marks.ts";

const axis = { id: "params.x", label: "x" };

test("an axis of numbers has round ones, also by powers of ten", () => {
  expect(axisMarks({ ...axis, type: "number", domain: [0, 10], isLog: false })).toEqual(
    [0, 2, 4, 6, 8, 10].map((value) => ({ text: String(value), place: value / 10 })),
  );
  expect(axisMarks({ ...axis, type: "number", domain: [6.5, 7.5], isLog: false, isFlat: true })).toEqual([
    { text: "7", place: 0.5 },
  ]);
  const marks = axisMarks({ ...axis, type: "number", domain: [1e-4, 1], isLog: true });
  expect(marks.map(({ text }) => text)).toEqual(["1e-4", "0.001", "0.01", "0.1", "1"]);
  expect(marks.map(({ place }) => Number(place.toFixed(6)))).toEqual([0, 0.25, 0.5, 0.75, 1]);
});

test("an axis of texts names as many as have room, and says what is blank", () => {
  expect(axisMarks({ ...axis, type: "text", values: [" ", "a"] })).toEqual([
    { text: "(blank)", place: 0 },
    { text: "a", place: 1 },
  ]);
  const many = Array.from({ length: 40 }, (_, index) => `v${index}`);
  expect(axisMarks({ ...axis, type: "text", values: many })).toHaveLength(14);
});

test.each([
  [0, "0"],
  [12_000, "12,000"],
  [0.00002, "2e-5"],
  [2_500_000, "2.5e6"],
  [0.30000000000000004, "0.3"],
])("%s is written as %s", (value, text) => {
  expect(numberText(value)).toBe(text);
});
