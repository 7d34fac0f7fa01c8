import type { Usage } from "@pave/contract";

/** What a unit of use costs here, from the settings. */
export interface Rates {
  readonly cpuHourUsd: number;
  readonly gibHourUsd: number;
  /** Of the grid that the machines run on. */
  readonly gramsCo2ePerKwh: number;
}

const joulesPerKwh = 3.6e6;
const secondsPerHour = 3600;

export const gramsOf = (energyJoules: number, { gramsCo2ePerKwh }: Pick<Rates, "gramsCo2ePerKwh">): number =>
  (energyJoules / joulesPerKwh) * gramsCo2ePerKwh;

/** CPU time and memory over time, each by its price: the allocation of the OpenCost specification, by use. */
export const costOf = (usage: Pick<Usage, "cpuSeconds" | "wallSeconds" | "peakMemoryBytes">, rates: Rates): number =>
  (usage.cpuSeconds / secondsPerHour) * rates.cpuHourUsd +
  (usage.peakMemoryBytes / 2 ** 30) * (usage.wallSeconds / secondsPerHour) * rates.gibHourUsd;
