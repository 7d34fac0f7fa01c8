import { afterAll, beforeAll, expect, test } from "vitest";
import type { Ctx } from "../../db/context.ts";
import { createTrackedRuns, curvePoints, logMetrics, newTrackedRunId, sampleHistory } from "./index.ts";
import { createTrackingHouse } from "./testing/tracking-house.ts";

let house: Awaited<ReturnType<typeof createTrackingHouse>>;
let ctx: Ctx;
let experimentId: number;

beforeAll(async () => {
  house = await createTrackingHouse();
  ({ ctx, experimentId } = house);
});
afterAll(() => house.drop());

/** A run with a curve; its points are logged in no order. */
async function curve(values: readonly (readonly [step: number, value: number])[]): Promise<string> {
  const runId = newTrackedRunId();
  await createTrackedRuns(ctx, [
    { runId, experimentId, name: "r", principalId: "u", userName: "ada", owner: "client" },
  ]);
  const points = values.map(([step, value], index) => ({ key: "loss", step, value, time: new Date(1e12 + index) }));
  await logMetrics(ctx, runId, points.toReversed());
  return runId;
}

const plain = async (runIds: readonly string[], maxPoints: number) =>
  (await sampleHistory(ctx, runIds, ["loss"], maxPoints)).map((bucket) => ({
    first: bucket.first.step,
    lowest: bucket.lowest && [bucket.lowest.step, bucket.lowest.value],
    highest: bucket.highest && [bucket.highest.step, bucket.highest.value],
    last: bucket.last.step,
    count: bucket.count,
  }));

test("a long curve keeps its peaks, its lows and its ends in few points", async () => {
  const wave = Array.from({ length: 1000 }, (_, step) => [step, Math.sin(step)] as const);
  const runId = await curve([...wave.filter(([step]) => step !== 437 && step !== 438), [437, 99], [438, -99]]);
  const buckets = await sampleHistory(ctx, [runId], ["loss"], 40);
  const points = curvePoints(buckets);
  expect(buckets).toHaveLength(10);
  expect(buckets.reduce((sum, { count }) => sum + count, 0)).toBe(1000);
  expect(points.length).toBeLessThanOrEqual(40);
  expect([points[0]?.step, points.at(-1)?.step]).toEqual([0, 999]);
  expect(points.map(({ step }) => step)).toEqual(points.map(({ step }) => step).toSorted((a, b) => a - b));
  expect(points).toEqual(
    expect.arrayContaining([
      { step: 437, timestamp: 1e12 + 998, value: 99 },
      { step: 438, timestamp: 1e12 + 999, value: -99 },
    ]),
  );
});

test("a short curve is given as it is", async () => {
  const runId = await curve([
    [5, 1],
    [1, 3],
    [9, 2],
  ]);
  const points = curvePoints(await sampleHistory(ctx, [runId], ["loss"], 500));
  expect(points.map(({ step, value }) => [step, value])).toEqual([
    [1, 3],
    [5, 1],
    [9, 2],
  ]);
});

test("each curve of each run has its own stretches", async () => {
  const early = await curve(Array.from({ length: 50 }, (_, step) => [step, step] as const));
  const late = await curve(Array.from({ length: 50 }, (_, step) => [step + 50, -step] as const));
  await logMetrics(ctx, late, [{ key: "acc", step: 3, value: 1, time: new Date(1e12) }]);
  const buckets = await sampleHistory(ctx, [early, late], ["loss", "acc"], 8);
  const of = (runId: string, key: string) =>
    buckets
      .filter((one) => one.runId === runId && one.key === key)
      .map(({ first, last, count }) => [first.step, last.step, count]);
  expect(of(early, "loss")).toEqual([
    [0, 24, 25],
    [25, 49, 25],
  ]);
  expect(of(late, "loss")).toEqual([
    [50, 74, 25],
    [75, 99, 25],
  ]);
  expect(of(late, "acc")).toEqual([[3, 3, 1]]);
  expect(of(early, "acc")).toEqual([]);
});

test("what was logged without steps is a curve over time", async () => {
  const runId = await curve(Array.from({ length: 100 }, (_, index) => [0, index === 60 ? 99 : index] as const));
  const times = curvePoints(await sampleHistory(ctx, [runId], ["loss"], 40)).map(({ timestamp }) => timestamp - 1e12);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(times).toEqual(expect.arrayContaining([0, 60, 99]));
  expect(times.length).toBeGreaterThan(10);
});

test("what is no number is no extreme, and is there where it is first, last or all", async () => {
  const mixed = await curve([
    [0, Number.NaN],
    [0, 4],
    [0, 7],
    [1, Number.NaN],
  ]);
  expect(await plain([mixed], 500)).toEqual([
    { first: 0, lowest: null, highest: null, last: 0, count: 1 },
    { first: 0, lowest: [0, 4], highest: [0, 4], last: 0, count: 1 },
    { first: 0, lowest: [0, 7], highest: [0, 7], last: 0, count: 1 },
    { first: 1, lowest: null, highest: null, last: 1, count: 1 },
  ]);
  const longer = await curve([
    [0, Number.NaN],
    [0, 4],
    [0, 7],
    [1, Number.NaN],
    [2, 5],
  ]);
  expect(await plain([longer], 4)).toEqual([{ first: 0, lowest: [0, 4], highest: [0, 7], last: 2, count: 5 }]);
  expect(await plain([await curve([[2, Number.NaN]])], 4)).toEqual([
    { first: 2, lowest: null, highest: null, last: 2, count: 1 },
  ]);
  expect(curvePoints(await sampleHistory(ctx, [mixed], ["loss"], 500)).map(({ value }) => value)).toEqual([
    Number.NaN,
    4,
    7,
    Number.NaN,
  ]);
});

test("steps may be negative and far apart, and a key that nobody logged has no curve", async () => {
  const runId = await curve([
    [-(2 ** 52), 1],
    [0, 2],
    [2 ** 52, 3],
    ...Array.from({ length: 30 }, (_, step) => [step + 1, 1] as const),
  ]);
  const buckets = await plain([runId], 8);
  expect(buckets.map(({ first, last, count }) => [first, last, count])).toEqual([
    [-(2 ** 52), 15, 17],
    [16, 2 ** 52, 16],
  ]);
  expect(await sampleHistory(ctx, [runId], ["absent"], 8)).toEqual([]);
  expect(await sampleHistory(ctx, [], ["loss"], 8)).toEqual([]);
});
