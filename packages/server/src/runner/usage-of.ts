import type { Usage } from "@pave/contract";
import { energyMethod, modelEnergyJoules } from "../kernel/energy.ts";
import type { ExitReport } from "./attempt/exit-report.ts";

/** What a command used, as its supervisor measured it; energy is modelled, never measured. */
export function usageOf(exit: Pick<ExitReport, "wallSeconds" | "cpuSeconds" | "peakMemoryBytes">): Usage {
  const { wallSeconds, cpuSeconds, peakMemoryBytes } = exit;
  const joules = modelEnergyJoules({ wallSeconds, cpuSeconds, peakMemoryBytes });
  return { wallSeconds, cpuSeconds, peakMemoryBytes, energyJoules: Math.round(joules * 1000) / 1000, energyMethod };
}
