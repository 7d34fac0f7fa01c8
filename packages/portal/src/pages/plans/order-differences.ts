import type { DiffLine } from "@pave/contract";

/** What people look for first in a change; the rest follows as it comes, and what only machines read comes last. */
const first = ["model", "modelVersion", "release", "revision", "environment", "class"];
const isForMachines = ({ path }: DiffLine): boolean => /(^|\.)(digest|hash|id)$/i.test(path);

export function orderDifferences(lines: readonly DiffLine[]): DiffLine[] {
  const rank = (line: DiffLine): number => {
    const place = first.indexOf(line.path);
    if (place >= 0) return place;
    return isForMachines(line) ? first.length + 1 : first.length;
  };
  return lines.toSorted((a, b) => rank(a) - rank(b));
}
