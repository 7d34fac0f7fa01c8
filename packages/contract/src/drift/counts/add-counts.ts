import type { WindowCountsJson } from "./window-counts.ts";

/**
 * Adds counts up without their profile, as processes do that only pass them on: the same as reading both and adding
 * them. Counts of different profiles stay apart; more than a few of those are not kept.
 */
export function addCountsLists(
  a: readonly WindowCountsJson[],
  b: readonly WindowCountsJson[],
  most = 4,
): WindowCountsJson[] {
  const sums = [...a];
  for (const next of b) {
    const at = sums.findIndex((one) => isAlike(one, next));
    const before = sums[at];
    if (before) sums[at] = addCounts(before, next);
    else if (sums.length < most) sums.push(next);
  }
  return sums;
}

const isAlike = (a: WindowCountsJson, b: WindowCountsJson): boolean =>
  a.profile === b.profile && a.cells.length === b.cells.length && a.sums.length === b.sums.length;

const addCounts = (a: WindowCountsJson, b: WindowCountsJson): WindowCountsJson => ({
  ...a,
  rows: a.rows + b.rows,
  cells: a.cells.map((count, at) => count + (b.cells[at] ?? 0)),
  sums: a.sums.map((sum, at) => sum + (b.sums[at] ?? 0)),
  ranges: a.ranges.map((value, at) => furthest(value, b.ranges[at] ?? null, at % 2 === 1)),
});

function furthest(a: number | null, b: number | null, isLargest: boolean): number | null {
  if (a === null || b === null) return a ?? b;
  return isLargest ? Math.max(a, b) : Math.min(a, b);
}
