import { expect, test } from "vitest";
import { seededRandom } from "../math/random.ts";
import type { Estimate } from "../statistics/proportions.ts";
import { measureBinary, measureLabels, measureNumbers } from "./measure-truth.ts";
import {
  addBinary,
  addLabel,
  addNumber,
  measureSummedBinary,
  measureSummedLabels,
  measureSummedNumbers,
  mergeTruth,
  noTruth,
} from "./summed-truth.ts";

const random = seededRandom(3);
const rows = Array.from({ length: 3000 }, () => {
  const probability = 0.02 + 0.5 * random() ** 2;
  return { probability, predicted: probability >= 0.4, actual: random() < probability };
});

const close = (estimate: Estimate | undefined, digits: number) =>
  estimate && {
    value: expect.closeTo(estimate.value, digits),
    low: expect.closeTo(estimate.low, digits),
    high: expect.closeTo(estimate.high, digits),
  };

test("sums over parts measure what the rows together do", () => {
  const parts = [noTruth(), noTruth(), noTruth()];
  for (const [index, row] of rows.entries()) addBinary(parts[index % 3] ?? noTruth(), row);
  const [a = noTruth(), b = noTruth(), c = noTruth()] = parts;
  const { auc, rows: all, positives, ...values } = measureBinary(rows);
  const found = measureSummedBinary(mergeTruth(mergeTruth(c, a), b));
  expect(found).toMatchObject({ rows: all, positives });
  for (const [name, value] of Object.entries(values)) expect(found[name as "gap"], name).toEqual(close(value, 9));
  expect(found.auc).toEqual(close(auc, 2));
});

test("a row that is taken out again leaves nothing behind", () => {
  const sums = noTruth();
  const [first, second] = rows;
  if (!first || !second) throw new Error("rows");
  addBinary(sums, first);
  addBinary(sums, second);
  addBinary(sums, second, -1);
  const [left, alone] = [measureSummedBinary(sums), measureSummedBinary(sumsOf([first]))];
  expect(left).toMatchObject({ rows: 1, positives: Number(first.actual), actualRate: alone.actualRate });
  for (const name of ["gap", "brier", "predictedRate", "accuracy"] as const)
    expect(left[name], name).toEqual(close(alone[name], 9));
});

test("nothing is measured on nothing, and one class has no curve", () => {
  expect(measureSummedBinary(noTruth())).toMatchObject({
    rows: 0,
    actualRate: undefined,
    gap: undefined,
    auc: undefined,
  });
  expect(measureSummedLabels(noTruth())).toEqual({ rows: 0, accuracy: undefined });
  expect(measureSummedNumbers(noTruth()).gap).toBeUndefined();
  const sure = sumsOf([
    { probability: 0, predicted: false, actual: false },
    { probability: 1, predicted: true, actual: false },
  ]);
  expect(measureSummedBinary(sure).auc).toBeUndefined();
  expect(measureSummedBinary(sure).logLoss?.value).toBeCloseTo(17.27, 1);
});

test("labels and numbers too", () => {
  const [labels, numbers] = [noTruth(), noTruth()];
  const pairs = Array.from({ length: 200 }, () => ({ predicted: random() * 10, actual: random() * 10 }));
  for (const pair of pairs) {
    addNumber(numbers, pair);
    addLabel(labels, pair.actual > pair.predicted);
  }
  const texts = pairs.map(({ predicted, actual }) => ({ predicted: "a", actual: actual > predicted ? "a" : "b" }));
  expect(measureSummedLabels(labels)).toEqual(measureLabels(texts));
  const { rows: all, ...expected } = measureNumbers(pairs);
  const found = measureSummedNumbers(numbers);
  expect(found.rows).toBe(all);
  for (const [name, value] of Object.entries(expected)) expect(found[name as "gap"], name).toEqual(close(value, 9));
  expect((found.actualMean?.value ?? 0) - (found.predictedMean?.value ?? 0)).toBeCloseTo(found.gap?.value ?? 9, 9);
});

function sumsOf(list: readonly (typeof rows)[number][]) {
  const sums = noTruth();
  for (const row of list) addBinary(sums, row);
  return sums;
}
