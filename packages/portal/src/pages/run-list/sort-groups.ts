import type { RunGroup } from "@pave/contract";
import { directionOf } from "../../lib/metric-direction.ts";

/** By the best of the metric where one is chosen, otherwise as they came; what has none comes last. */
export function sortGroups(groups: readonly RunGroup[], metric: string | undefined): readonly RunGroup[] {
  if (metric === undefined) return groups;
  const isLower = directionOf(metric) === "lower";
  const rank = (group: RunGroup): number => {
    const best = bestOfGroup(group, metric);
    if (best === null || group.value === null) return Number.POSITIVE_INFINITY;
    return isLower ? best : -best;
  };
  // the difference of two infinities is no number
  return groups.toSorted((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)));
}

/** The value that is better than all others of the group, as far as the metric's name tells. */
export const bestOfGroup = ({ metric }: Pick<RunGroup, "metric">, name: string): number | null =>
  metric === null ? null : directionOf(name) === "lower" ? metric.min : metric.max;
