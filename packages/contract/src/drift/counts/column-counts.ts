import { standardDeviation } from "../profile/moments.ts";
import type { ColumnProfile, ReferenceProfile } from "../profile/reference-profile.ts";

/** What was counted of one column, in a window or in the reference itself. */
export interface ColumnCounts {
  /** By the profile's cells; of a categorical column the cell of the tail is the last. */
  readonly bins: readonly number[];
  /** Values that the reference could not have: a new category, a text where numbers were. */
  readonly unseen: number;
  readonly missing: number;
  /** Sum of `bins` and `unseen`. */
  readonly present: number;
  /** Null for categories, and while there is no number. */
  readonly numbers: NumbersSummary | null;
}

/** What judging asks of a window; `WindowCounts` answers it. */
export interface CountedWindow {
  readonly profile: ReferenceProfile;
  readonly rows: number;
  /** Undefined: the profile has no such column. */
  column(name: string): ColumnCounts | undefined;
  /** Undefined: the profile has no prediction. */
  prediction(): ColumnCounts | undefined;
}

export interface NumbersSummary {
  readonly mean: number;
  /** Of the population. */
  readonly deviation: number;
  readonly min: number;
  readonly max: number;
}

export function columnCounts(
  bins: readonly number[],
  { unseen = 0, missing = 0 }: { unseen?: number; missing?: number } = {},
  numbers: NumbersSummary | null = null,
): ColumnCounts {
  const placed = bins.reduce((sum, count) => sum + count, 0);
  return { bins, unseen, missing, present: placed + unseen, numbers: placed > 0 ? numbers : null };
}

/** The reference's own counts: on a sample of its rows when it was long. */
export function referenceCounts(column: ColumnProfile): ColumnCounts {
  if (column.kind !== "numeric") return columnCounts([...column.counts, column.other], { missing: column.missing });
  const { moments, counts, missing } = column;
  if (moments === null) return columnCounts(counts, { missing });
  const { mean, min, max } = moments;
  return columnCounts(counts, { missing }, { mean, deviation: standardDeviation(moments), min, max });
}
