import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestPlatform } from "./platform.ts";

export interface PartMemory {
  readonly part: string;
  readonly processes: number;
  /** Proportional set size: shared pages count once, split among those that share them. */
  readonly bytes: number;
}

/** What each part of a platform takes, its child processes included. */
export async function memoryOf(platform: TestPlatform): Promise<PartMemory[]> {
  const pids = await platform.pids();
  const parents = await readParents();
  const own = new Set(Object.values(pids));
  const parts: PartMemory[] = [];
  for (const [part, pid] of Object.entries(pids)) {
    const tree = treeOf(pid, parents, own);
    const sizes = await Promise.all(tree.map(pssOf));
    parts.push({ part, processes: tree.length, bytes: sizes.reduce((sum, size) => sum + size, 0) });
  }
  if (pids.postgres === 0) throw new Error("no PostgreSQL was found");
  return parts;
}

/** The process and its descendants, but for those that are parts of their own. */
function treeOf(pid: number, parents: ReadonlyMap<number, number>, parts: ReadonlySet<number>): number[] {
  const children = [...parents].filter(([child, parent]) => parent === pid && !parts.has(child));
  return [pid, ...children.flatMap(([child]) => treeOf(child, parents, parts))];
}

async function readParents(): Promise<Map<number, number>> {
  const parents = new Map<number, number>();
  for (const name of await readdir("/proc")) {
    const stat = /^\d+$/.test(name) ? await readFile(join("/proc", name, "stat"), "utf8").catch(() => "") : "";
    if (stat !== "") parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
  }
  return parents;
}

/** Nothing for a process that has ended by now. */
async function pssOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
  return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1024;
}
