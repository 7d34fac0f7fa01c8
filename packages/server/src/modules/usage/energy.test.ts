import { expect, test } from "vitest";
import { energyMethod } from "../../kernel/energy.ts";
import { completeUsage, totalUsage } from "./energy.ts";

test("energy that the runner gave is kept, missing energy is modelled, with its method said", () => {
  const measured = { wallSeconds: 2, cpuSeconds: 1, peakMemoryBytes: 0, energyJoules: 0, energyMethod: "" };
  expect(completeUsage(measured)).toEqual({ ...measured, energyJoules: 4, energyMethod });
  const read = { ...measured, energyJoules: 9, energyMethod: "rapl" };
  expect(completeUsage(read)).toEqual(read);
  expect(completeUsage({ ...read, cpuSeconds: Number.NaN, wallSeconds: -1 })).toMatchObject({
    cpuSeconds: 0,
    wallSeconds: 0,
  });
});

test("the total of attempts sums what is used up and takes the largest memory", () => {
  const one = { wallSeconds: 1, cpuSeconds: 2, peakMemoryBytes: 30, energyJoules: 4, energyMethod: "a" };
  expect(totalUsage([])).toBeNull();
  expect(totalUsage([one, { ...one, peakMemoryBytes: 20 }])).toEqual({
    wallSeconds: 2,
    cpuSeconds: 4,
    peakMemoryBytes: 30,
    energyJoules: 8,
    energyMethod: "a",
  });
});
