import { type ColumnCounts, referenceCounts } from "../counts/column-counts.ts";
import { count, decimal, percent } from "../math/format.ts";
import { cellLabels } from "../profile/cell-labels.ts";
import type { ColumnProfile } from "../profile/reference-profile.ts";
import type { ColumnComparison } from "../statistics/compare-column.ts";
import type { DriftPolicy } from "./drift-policy.ts";

/** How far a column's values have moved, against what chance gives, and where most. */
export function describeShift(
  column: ColumnProfile,
  window: ColumnCounts,
  comparison: ColumnComparison,
  policy: DriftPolicy,
): string {
  const { meanShift } = comparison;
  const moved =
    meanShift === null || Math.abs(meanShift) < 0.1
      ? ""
      : `; the mean is ${decimal(Math.abs(meanShift))} standard deviations ${meanShift > 0 ? "higher" : "lower"}`;
  return `${describeChance(comparison, policy)}${moved}${mostChanged(column, window)}`;
}

export const describeChance = ({ psi, chancePsi, rows }: ColumnComparison, policy: DriftPolicy): string =>
  `PSI ${decimal(psi)} over ${count(rows)} values, where chance alone stays below ${decimal(chancePsi)} and ${decimal(policy.psi)} is tolerated`;

/** The cell that adds most to PSI. */
function mostChanged(column: ColumnProfile, window: ColumnCounts): string {
  const sharesOf = ({ bins, unseen, present }: ColumnCounts) => [...bins, unseen].map((rows) => (rows + 0.5) / present);
  const [before, now] = [sharesOf(referenceCounts(column)), sharesOf(window)];
  let [most, place] = [0, 0];
  for (const [cell, share] of before.entries()) {
    const term = ((now[cell] ?? 0) - share) * Math.log((now[cell] ?? 0) / share);
    if (term > most) [most, place] = [term, cell];
  }
  const label = cellLabels(column)[place] ?? "values that the reference never had";
  return `; most at ${label}: ${percent(before[place] ?? 0)} before, ${percent(now[place] ?? 0)} now`;
}
