import { readdir, readFile } from "node:fs/promises";

/** A process and everything that it started. */
export async function treeOf(pid: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, "utf8").catch(() => "");
    if (stat !== "") parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
  }
  const below = (parent: number): number[] =>
    [...parents].flatMap(([child, of]) => (of === parent ? [child, ...below(child)] : []));
  return [pid, ...below(pid)];
}

/** Memory of a process: resident now, and the most that it ever was. */
export async function residentBytes(pid: number): Promise<{ readonly now: number; readonly peak: number }> {
  const text = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const of = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? 0) * 1024;
  return { now: of("VmRSS"), peak: of("VmHWM") };
}

/** The sum of the peaks of some processes: an upper bound, which shared pages and other moments make too high. */
export async function peakBytes(pids: readonly number[]): Promise<number> {
  const all = await Promise.all(pids.map(residentBytes));
  return all.reduce((sum, { peak }) => sum + peak, 0);
}

/** User and system time of some processes so far. */
export async function cpuSeconds(pids: readonly number[]): Promise<number> {
  const all = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100;
    }),
  );
  return all.reduce((sum, seconds) => sum + seconds, 0);
}
