import { type ColumnCounts, columnCounts } from "./column-counts.ts";

export interface WeighedCounts {
  readonly counts: ColumnCounts;
  /** Its share of the whole; all of them sum to 1. */
  readonly weight: number;
}

/**
 * Counts of one column over several times as one, each with the weight that is given instead of that of its rows. They
 * stand for as many rows as a plain sample would need for the same precision, 1 / Σ weight² / rows (Kish, Survey
 * Sampling, 1965, 11.7), so tests that go by rows hold; they need not be whole numbers. Parts without rows have to be
 * left out before.
 */
export function levelCounts(parts: readonly WeighedCounts[]): ColumnCounts {
  const [first, ...others] = parts;
  if (!first) return columnCounts([]);
  if (others.length === 0) return first.counts;
  const rows = 1 / parts.reduce((sum, { counts, weight }) => sum + weight ** 2 / counts.present, 0);
  const total = (of: (counts: ColumnCounts) => number) =>
    parts.reduce((sum, { counts, weight }) => sum + (rows * weight * of(counts)) / counts.present, 0);
  const bins = first.counts.bins.map((_, cell) => total((counts) => counts.bins[cell] ?? 0));
  const tail = { unseen: total(({ unseen }) => unseen), missing: total(({ missing }) => missing) };
  return columnCounts(bins, tail, levelNumbers(parts));
}

function levelNumbers(parts: readonly WeighedCounts[]): ColumnCounts["numbers"] {
  const summaries = parts.flatMap(({ counts: { numbers }, weight }) => (numbers ? [{ ...numbers, weight }] : []));
  if (summaries.length === 0) return null;
  const whole = summaries.reduce((sum, { weight }) => sum + weight, 0);
  const average = (of: (one: { mean: number; deviation: number }) => number) =>
    summaries.reduce((sum, one) => sum + (one.weight / whole) * of(one), 0);
  const mean = average((one) => one.mean);
  return {
    mean,
    deviation: Math.sqrt(Math.max(0, average((one) => one.deviation ** 2 + one.mean ** 2) - mean ** 2)),
    min: Math.min(...summaries.map(({ min }) => min)),
    max: Math.max(...summaries.map(({ max }) => max)),
  };
}
