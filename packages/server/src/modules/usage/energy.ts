import type { Usage } from "@pave/contract";
import { energyMethod, modelEnergyJoules } from "../../kernel/energy.ts";

/** What a runner measured, with its energy modelled where the runner gave none. Broken numbers become 0. */
export function completeUsage(measured: Usage): Usage {
  const usage = {
    wallSeconds: finite(measured.wallSeconds),
    cpuSeconds: finite(measured.cpuSeconds),
    peakMemoryBytes: finite(measured.peakMemoryBytes),
  };
  if (measured.energyJoules > 0 && measured.energyMethod !== "") {
    return { ...usage, energyJoules: finite(measured.energyJoules), energyMethod: measured.energyMethod };
  }
  return { ...usage, energyJoules: modelEnergyJoules(usage), energyMethod };
}

/** The sum of attempts; memory is the largest of them. Null when nothing was measured. */
export function totalUsage(usages: readonly Usage[]): Usage | null {
  if (usages.length === 0) return null;
  const sum = (pick: (usage: Usage) => number) => usages.reduce((total, usage) => total + pick(usage), 0);
  return {
    wallSeconds: sum((usage) => usage.wallSeconds),
    cpuSeconds: sum((usage) => usage.cpuSeconds),
    peakMemoryBytes: Math.max(...usages.map((usage) => usage.peakMemoryBytes)),
    energyJoules: sum((usage) => usage.energyJoules),
    energyMethod: [...new Set(usages.map((usage) => usage.energyMethod))].join("; "),
  };
}

const finite = (value: number): number => (Number.isFinite(value) && value > 0 ? value : 0);
