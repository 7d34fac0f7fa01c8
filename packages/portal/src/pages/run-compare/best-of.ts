import { directionOf } from "../../lib/metric-direction.ts";

/** The value that no other run betters; null where only one has any, or all are alike. */
export function bestOf(name: string, values: readonly (number | null | undefined)[]): number | null {
  const known = values.filter((value) => typeof value === "number");
  const direction = directionOf(name);
  if (direction === "neither" || known.length < 2 || new Set(known).size < 2) return null;
  return direction === "higher" ? Math.max(...known) : Math.min(...known);
}
