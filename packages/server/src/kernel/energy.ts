/** Watts of one busy hardware thread of an unknown processor. */
const wattsPerThread = 4;
/** Watts of a gigabyte (10^9 bytes) of memory in use: 3 W per 8 GB. */
const wattsPerGigabyte = 0.375;

export const energyMethod =
  "modelled: 4 W per busy CPU thread + 0.375 W per GB of peak memory, PUE 1 (CodeCarbon, process mode)";

/**
 * Energy that a process used, modelled after CodeCarbon's process mode: the only model there is, for steps that ran and
 * for plans alike, so that their figures can be compared:
 *
 *   joules = TDP/threads × cpuSeconds + 0.375 W/GB × peakMemory × wallSeconds
 *
 * In process mode CodeCarbon takes the processor's power as TDP × cpuTime / (wall × threads); over the wall time that
 * is TDP/threads × cpuTime, with 4 W per thread where the processor is unknown, which a container cannot find out
 * reliably. Its memory model charges the whole host; charging the peak of the process avoids counting a shared
 * machine several times. Graphics cards and the power supply's losses (PUE) are not in it.
 */
export function modelEnergyJoules(usage: {
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly peakMemoryBytes: number;
}): number {
  const memoryWatts = (usage.peakMemoryBytes / 1e9) * wattsPerGigabyte;
  return wattsPerThread * usage.cpuSeconds + memoryWatts * usage.wallSeconds;
}
