import type { Moments } from "./moments.ts";
import { numericColumn } from "./numeric-column.ts";
import type { NumericColumn } from "./reference-profile.ts";

/**
 * What a database can say of a numeric column in one pass. `quantiles` are values of the column (not interpolated) at
 * the shares (i + ½)/k; a thousand of them are plenty:
 *
 *     SELECT count(*), count(x), avg(x), var_pop(x) * count(x), min(x), max(x),
 *            quantile_disc(x, list_transform(range(1000), lambda i: (i + 0.5) / 1000)) FROM t
 */
export interface NumericAggregates {
  readonly name: string;
  readonly rows: number;
  /** Null when every row's value is missing. */
  readonly moments: Moments | null;
  readonly quantiles: readonly number[];
}

/** Counts in cells are right to one `k`-th of the rows. Categories need no such function: see `categoricalColumn`. */
export function columnFromQuantiles({ name, rows, moments, quantiles }: NumericAggregates): NumericColumn {
  const ascending = Float64Array.from(quantiles).sort();
  const column = numericColumn({ name, rows, moments, ascending });
  if (moments === null || ascending.length === 0) return column;
  const scale = moments.count / ascending.length;
  let [cumulated, given] = [0, 0];
  const counts = column.counts.map((count) => {
    cumulated += count;
    const rowsOfCell = Math.round(cumulated * scale) - given;
    given += rowsOfCell;
    return rowsOfCell;
  });
  return { ...column, counts };
}
