import { expect, test } from "vitest";
import { modelEnergyJoules } from "./energy.ts";

const gigabyte = 1e9;

test.each([
  ["nothing used", { cpuSeconds: 0, wallSeconds: 10, peakMemoryBytes: 0 }, 0],
  ["one thread for ten seconds", { cpuSeconds: 10, wallSeconds: 10, peakMemoryBytes: 0 }, 40],
  ["two threads for five seconds are the same work", { cpuSeconds: 10, wallSeconds: 5, peakMemoryBytes: 0 }, 40],
  ["8 GB for ten seconds are 3 W", { cpuSeconds: 0, wallSeconds: 10, peakMemoryBytes: 8 * gigabyte }, 30],
])("%s", (_, usage, joules) => {
  expect(modelEnergyJoules(usage)).toBeCloseTo(joules);
});
