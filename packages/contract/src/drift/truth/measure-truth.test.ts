import { expect, test } from "vitest";
import { normalQuantile } from "../math/distributions.ts";
import { seededRandom } from "../math/random.ts";
import { areaUnderRoc } from "./auc.ts";
import { measureBinary, measureLabels, measureNumbers } from "./measure-truth.ts";

const probabilities = [0.1, 0.4, 0.35, 0.8, 0.4, 0.7, 0.2, 0.9];
const actuals = [0, 0, 1, 1, 1, 1, 0, 0];
const rows = probabilities.map((probability, index) => ({ probability, actual: actuals[index] === 1 }));

test("eight rows are measured as scikit-learn and DeLong's formula do", () => {
  expect(measureBinary(rows)).toEqual({
    rows: 8,
    positives: 4,
    actualRate: { value: 0.5, low: expect.closeTo(0.2152, 4), high: expect.closeTo(0.7848, 4) },
    predictedRate: { value: expect.closeTo(0.48125, 10), low: expect.any(Number), high: expect.any(Number) },
    gap: { value: expect.closeTo(0.01875, 10), low: expect.any(Number), high: expect.any(Number) },
    accuracy: { value: 0.625, low: expect.any(Number), high: expect.any(Number) },
    brier: { value: expect.closeTo(0.2415625, 10), low: expect.any(Number), high: expect.any(Number) },
    logLoss: { value: expect.closeTo(0.710980766919731, 10), low: expect.any(Number), high: expect.any(Number) },
    auc: { value: 0.65625, low: expect.closeTo(0.18722652875407217, 9), high: expect.closeTo(0.9405532605050142, 9) },
  });
});

test("the label that was answered counts, not what a threshold would make of it", () => {
  const answered = [{ probability: 0.4, predicted: true, actual: true }];
  expect(measureBinary(answered).accuracy?.value).toBe(1);
  expect(measureBinary([{ probability: 0.4, actual: true }]).accuracy?.value).toBe(0);
  expect(measureBinary([{ probability: 0.4, actual: true }], { threshold: 0.3 }).accuracy?.value).toBe(1);
});

test("nothing is measured on nothing", () => {
  const { rows: none, positives, ...values } = measureBinary([]);
  expect([none, positives]).toEqual([0, 0]);
  for (const value of Object.values(values)) expect(value).toBeUndefined();
  expect(areaUnderRoc([{ probability: 0.3, actual: true }])).toBeUndefined();
  expect(measureLabels([])).toEqual({ rows: 0, accuracy: undefined });
  expect(measureNumbers([]).gap).toBeUndefined();
});

test("a perfect order of few rows proves little", () => {
  const perfect = [0.1, 0.2, 0.8, 0.9].map((probability) => ({ probability, actual: probability > 0.5 }));
  expect(areaUnderRoc(perfect)).toEqual({ value: 1, low: expect.closeTo(0.3424, 4), high: 1 });
});

test("probabilities of 0 and 1 that were wrong cost much, but not everything", () => {
  const { logLoss } = measureBinary([
    { probability: 0, actual: true },
    { probability: 1, actual: false },
  ]);
  expect(logLoss?.value).toBeCloseTo(34.54, 1);
});

test("late flights of a June week: no input drifts, and the labels show that the model is off", () => {
  const random = seededRandom(26);
  const week = Array.from({ length: 1500 }, () => {
    const probability = 0.1 + 0.2 * random();
    return { probability, actual: random() < probability + 0.06 };
  });
  const { actualRate, predictedRate, gap } = measureBinary(week);
  expect(predictedRate?.value).toBeCloseTo(0.2, 1);
  expect(actualRate?.value).toBeCloseTo(0.26, 1);
  expect(gap?.low).toBeGreaterThan(0.02);
});

test("intervals cover the truth about as often as they say", () => {
  const random = seededRandom(8);
  const [trials, covered] = [400, { gap: 0, accuracy: 0, brier: 0, auc: 0 }];
  const trueAuc = 0.7602; // Φ(1/√2): scores that differ by one standard deviation
  for (let trial = 0; trial < trials; trial += 1) {
    const sample = Array.from({ length: 200 }, () => {
      const probability = random();
      return { probability, actual: random() < probability };
    });
    const { gap, accuracy, brier } = measureBinary(sample);
    if (gap && gap.low <= 0 && gap.high >= 0) covered.gap += 1;
    if (accuracy && accuracy.low <= 0.75 && accuracy.high >= 0.75) covered.accuracy += 1;
    if (brier && brier.low <= 1 / 6 && brier.high >= 1 / 6) covered.brier += 1;
    const scored = Array.from({ length: 100 }, (_, index) => {
      const actual = index % 4 === 0;
      return { probability: normalQuantile(random()) + Number(actual), actual };
    });
    const auc = areaUnderRoc(scored);
    if (auc && auc.low <= trueAuc && auc.high >= trueAuc) covered.auc += 1;
  }
  for (const [what, count] of Object.entries(covered)) {
    expect(count / trials, what).toBeGreaterThan(0.92);
    expect(count / trials, what).toBeLessThan(0.98);
  }
});

test("numbers are measured in their own units", () => {
  const found = measureNumbers([
    { predicted: 1, actual: 2 },
    { predicted: 5, actual: 2 },
  ]);
  expect(found).toMatchObject({ rows: 2, gap: { value: -1 }, meanAbsoluteError: { value: 2 } });
  expect(found.rootMeanSquaredError?.value).toBeCloseTo(Math.sqrt(5), 12);
  expect(
    measureLabels([
      { predicted: "a", actual: "a" },
      { predicted: "a", actual: "b" },
    ]).accuracy?.value,
  ).toBe(0.5);
});
