import { expect, test } from "vitest";
import { WindowCounts } from "../counts/window-counts.ts";
import { seededRandom } from "../math/random.ts";
import { probabilityColumn } from "../profile/probability-column.ts";
import { ProfileBuilder, referenceProfile } from "../profile/profile-builder.ts";
import { comparePredictions as compareSteps } from "./compare-predictions.ts";

const unprofiled = referenceProfile({ rows: 0, columns: [], prediction: probabilityColumn });
const counted = (rows: number, answer: (row: number) => unknown, profile = unprofiled) => {
  const counts = new WindowCounts(profile);
  for (let row = 0; row < rows; row += 1) counts.observe({}, answer(row));
  return counts;
};
const comparePredictions = (stable: WindowCounts, candidate: WindowCounts) => compareSteps([{ stable, candidate }]);
const spread = (from: number, to: number, seed = 1) => {
  const random = seededRandom(seed);
  return () => from + random() * (to - from);
};

test("below the rows that are asked there is no verdict, not a 0", () => {
  expect(comparePredictions(counted(900, spread(0, 0.4)), counted(49, spread(0.6, 1)))).toEqual({
    status: "too-few-rows",
    reason: "49 predictions of the candidate and 900 of stable, a comparison needs 50 of each",
    rows: { stable: 900, candidate: 49 },
    predictionPsi: null,
    psi: null,
    chancePsi: null,
    p: null,
    meanDifference: null,
  });
});

test("without counters of predictions, or of two profiles, nothing is compared", () => {
  const none = new WindowCounts(referenceProfile({ rows: 0, columns: [], prediction: null }));
  expect(comparePredictions(none, none)).toMatchObject({ status: "no-predictions", predictionPsi: null });
  expect(comparePredictions(counted(100, spread(0, 1)), none)).toMatchObject({ status: "no-predictions" });
});

test("a difference comes with its size, its interval and what chance would give", () => {
  const found = comparePredictions(counted(2000, spread(0, 0.4)), counted(200, spread(0.2, 0.6)));
  expect(found).toMatchObject({
    status: "different",
    rows: { stable: 2000, candidate: 200 },
    reason: expect.stringMatching(
      /^PSI \d\.\d+ between 200 predictions of the candidate and 2,000 of stable, where a model against itself stays below 0\.\d+; their means are 0\.\d+ and 0\.\d+$/,
    ),
  });
  expect(found.predictionPsi).toBeGreaterThan(0.5);
  expect(found.predictionPsi).toBeLessThan(found.psi ?? 0);
  const { value, low, high } = found.meanDifference ?? { value: 0, low: 0, high: 0 };
  expect([low < 0.2, high > 0.2, low > 0.17, high < 0.23, Math.abs(value - 0.2) < 0.03]).toEqual(
    new Array(5).fill(true),
  );
});

test("chance at few rows is measured but counts for nothing", () => {
  const found = comparePredictions(counted(60, spread(0, 1, 3)), counted(60, spread(0, 1, 4)));
  expect(found).toMatchObject({ status: "alike", predictionPsi: 0 });
  expect(found.psi).toBeGreaterThan(0);
  expect(found.chancePsi).toBeGreaterThan(found.psi ?? 0);
});

test("answers that are all alike are alike", () => {
  expect(
    comparePredictions(
      counted(100, () => 0.5),
      counted(100, () => 0.5),
    ),
  ).toMatchObject({
    status: "alike",
    predictionPsi: 0,
    meanDifference: { value: 0 },
  });
});

test("labels are compared as labels", () => {
  const builder = new ProfileBuilder([], { prediction: "categorical" });
  for (let row = 0; row < 300; row += 1) builder.add({}, ["cat", "dog", "emu"][row % 3]);
  const profile = builder.build();
  const label = (share: number) => (row: number) => (row % 10 < share * 10 ? "cat" : "dog");
  const found = comparePredictions(counted(500, label(0.3), profile), counted(100, label(0.7), profile));
  expect(found).toMatchObject({ status: "different", meanDifference: null });
  expect(found.predictionPsi).toBeGreaterThan(0.5);
});

test("steps add up: what each has too few rows for shows in all of them", () => {
  const step = (seed: number) => ({
    stable: counted(950, spread(0, 0.5, seed)),
    candidate: counted(60, spread(0.05, 0.55, seed + 10)),
  });
  const steps = [1, 2, 3, 4, 5, 6].map(step);
  expect(new Set(steps.map((one) => compareSteps([one]).status))).toEqual(new Set(["alike"]));
  expect(compareSteps(steps)).toMatchObject({ status: "different", rows: { stable: 5700, candidate: 360 } });
});

test("answers that change with the hours are no difference, whatever each step's share of traffic is", () => {
  const early = (seed: number) => spread(0, 0.4, seed);
  const late = (seed: number) => spread(0.4, 0.8, seed);
  const steps = [
    { stable: counted(1900, early(1)), candidate: counted(100, early(2)) },
    { stable: counted(300, late(3)), candidate: counted(300, late(4)) },
  ];
  const found = compareSteps(steps);
  expect(found).toMatchObject({ status: "alike", predictionPsi: 0, rows: { stable: 2200, candidate: 400 } });
  expect(found.meanDifference?.stable).toBeCloseTo(found.meanDifference?.candidate ?? 0, 1);
  // as one heap they would be worlds apart
  const heap = { stable: new WindowCounts(unprofiled), candidate: new WindowCounts(unprofiled) };
  for (const { stable, candidate } of steps) {
    heap.stable.add(stable);
    heap.candidate.add(candidate);
  }
  expect(compareSteps([heap]).status).toBe("different");
});

test("a step that only one of both has answered in compares nothing and takes nothing away", () => {
  const both = { stable: counted(950, spread(0, 0.4, 1)), candidate: counted(100, spread(0, 0.4, 2)) };
  const alone = { stable: counted(0, spread(0, 1)), candidate: counted(100, spread(0.6, 1, 3)) };
  expect(compareSteps([both, alone])).toEqual(compareSteps([both]));
  expect(compareSteps([alone])).toMatchObject({ status: "too-few-rows", rows: { stable: 0, candidate: 100 } });
});

test("a step that has just begun takes nothing away from what the steps before have shown", () => {
  const before = { stable: counted(4000, spread(0, 0.4, 1)), candidate: counted(200, spread(0, 0.4, 2)) };
  const begun = { stable: counted(2, spread(0, 0.4, 3)), candidate: counted(60, spread(0, 0.4, 4)) };
  const [settled, now] = [compareSteps([before]), compareSteps([before, begun])];
  expect(settled).toMatchObject({ status: "alike", rows: { stable: 4000, candidate: 200 } });
  expect(now).toMatchObject({ status: "alike", rows: { stable: 4002, candidate: 260 } });
  // a later look asks for a little more evidence; with stable's two rows weighed as the candidate's 60 it is three times that
  expect(now.chancePsi).toBeLessThan((settled.chancePsi ?? 0) * 1.1);
});

test("the means' interval is as wide as the rows that count allow", () => {
  const halfOf = ({ meanDifference: found }: ReturnType<typeof compareSteps>) => found && (found.high - found.low) / 2;
  const steps = [
    { stable: counted(10_000, spread(0, 1, 1)), candidate: counted(100, spread(0, 1, 2)) },
    { stable: counted(100, spread(0, 1, 3)), candidate: counted(10_000, spread(0, 1, 4)) },
  ];
  // of either side half comes from 100 rows
  expect(halfOf(compareSteps(steps))).toBeCloseTo(
    (halfOf(compareSteps([steps[0] as (typeof steps)[0]])) ?? 0) / Math.SQRT2,
    2,
  );
});

test("answers that nearly all are the same: a difference shows, and few rows rule none out", () => {
  const rare = (every: number) => (row: number) => (row % every === 0 ? 0.95 : 0.05);
  expect(comparePredictions(counted(3800, rare(1000)), counted(200, rare(12)))).toMatchObject({
    status: "different",
    rows: { stable: 3800, candidate: 200 },
    reason: expect.stringMatching(/ of stable, most of which fall into one cell, where /),
  });
  const [soon, later] = [
    comparePredictions(counted(950, rare(100)), counted(50, rare(100))),
    comparePredictions(counted(9500, rare(100)), counted(500, rare(100))),
  ];
  expect(soon).toMatchObject({ status: "alike", predictionPsi: 0 });
  expect(soon.chancePsi).toBeGreaterThan(0.2);
  expect(later).toMatchObject({ status: "alike", predictionPsi: 0 });
  expect(later.chancePsi).toBeLessThan(0.1);
});

test("a model that hardly ever says yes is not told from itself", () => {
  let different = 0;
  for (let seed = 1; seed <= 400; seed += 1) {
    const random = seededRandom(seed);
    const answer = () => (random() < 0.02 ? 0.95 : 0.05);
    if (comparePredictions(counted(950, answer), counted(50, answer)).status === "different") different += 1;
  }
  expect(different).toBeLessThanOrEqual(4);
});

test("of many labels with none that is frequent, groups are compared: few rows do not make them alike", () => {
  const names = Array.from({ length: 60 }, (_, index) => `city ${index}`);
  const builder = new ProfileBuilder([], { prediction: "categorical" });
  for (let row = 0; row < 6000; row += 1) builder.add({}, names[row % 60]);
  const profile = builder.build();
  const anyOf = (seed: number, from = 0, to = 60) => {
    const random = seededRandom(seed);
    return () => names[from + Math.floor(random() * (to - from))];
  };
  const half = comparePredictions(counted(3800, anyOf(1), profile), counted(200, anyOf(2, 0, 30), profile));
  expect(half).toMatchObject({ status: "different", reason: expect.not.stringContaining("one cell") });
  expect(half.predictionPsi).toBeGreaterThan(0.2);
  let different = 0;
  for (let seed = 1; seed <= 200; seed += 1) {
    const found = comparePredictions(counted(950, anyOf(seed), profile), counted(50, anyOf(seed + 1000), profile));
    if (found.status === "different") different += 1;
    expect(found.chancePsi).toBeGreaterThan(0.2);
  }
  expect(different).toBeLessThanOrEqual(2);
});
