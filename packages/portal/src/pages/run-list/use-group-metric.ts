import type { RunKeys } from "@pave/contract";
import { directionOf, sortMetrics } from "../../lib/metric-direction.ts";
import { orderedMetric, type RunSearch } from "./run-search.ts";

/** What groups are told apart by: the metric that was chosen, that is sorted by, or that judges as a whole. */
export function useGroupMetric(search: RunSearch, keys: RunKeys | undefined): string | undefined {
  if (search.by === undefined) return undefined;
  const names = (keys?.metrics ?? []).map(({ name }) => name);
  const judging = sortMetrics(names).filter((name) => directionOf(name) !== "neither");
  return search.metric ?? orderedMetric(search.order) ?? judging[0];
}
