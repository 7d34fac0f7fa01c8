import { expect, test } from "vitest";
import { energyMethod, modelEnergyJoules } from "../kernel/energy.ts";
import { usageOf } from "./usage-of.ts";

test("a runner reckons energy as the platform's estimates do, and says so", () => {
  const measured = { wallSeconds: 10, cpuSeconds: 10, peakMemoryBytes: 8e9 };
  expect(usageOf(measured)).toEqual({ ...measured, energyJoules: modelEnergyJoules(measured), energyMethod });
  expect(energyMethod).toContain("CodeCarbon");
});
