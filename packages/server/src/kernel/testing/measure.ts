/**
 * Milliseconds of processor time that this process spends on `work`. For tests that promise how much there is to do: a
 * machine that is busy with something else makes it later, not more.
 */
export function cpuMsOf(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/**
 * The least of five times that `act` gives, in milliseconds. For tests that promise how soon something comes that also
 * waits for other processes: what the machine does besides only ever adds, and seldom to all five.
 */
export async function fastestOf(act: () => Promise<number>): Promise<number> {
  const times: number[] = [];
  for (let tries = 0; tries < 5; tries += 1) times.push(await act());
  return Math.min(...times);
}
