import { decimal } from "../math/format.ts";
import { cellLabels } from "./cell-labels.ts";
import type { ColumnProfile, NumericColumn } from "./reference-profile.ts";

/** What a chart of a column draws: a place on its axis, and the share of the values that lies there. */
export interface ProfileBar {
  readonly label: string;
  readonly share: number;
}

/** Bars of equal width over the values of a numeric column. */
const bars = 20;

/**
 * The distribution as people know it from a histogram. Cells hold like masses, so drawn as they are they would all be of
 * one height: those of numbers are laid over bars of equal width, each cell spread evenly over where it lies, a value
 * that many rows share at its place. Categories stay as they are, the most frequent first.
 */
export function profileBars(column: ColumnProfile): ProfileBar[] {
  if (column.kind === "numeric") return numericBars(column);
  const { counts, other } = column;
  return toShares(cellLabels(column), [...counts, other]).filter(({ share }) => share > 0);
}

function numericBars(column: NumericColumn): ProfileBar[] {
  const { counts, bounds, points, moments } = column;
  if (moments === null) return [];
  const pointOf = (cell: number): number | undefined => {
    const [low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY] = [bounds[cell - 1], bounds[cell]];
    return points.find((value) => low < value && value <= high);
  };
  const filled = counts.flatMap((count, cell) => (count > 0 ? [{ count, cell, point: pointOf(cell) }] : []));
  if (moments.min === moments.max || filled.every(({ point }) => point !== undefined))
    return toShares(
      filled.map(({ point }) => decimal(point ?? moments.min)),
      filled.map(({ count }) => count),
    );
  const width = (moments.max - moments.min) / bars;
  // beyond what numbers can be told apart, or added up
  if (!(width > 0 && Number.isFinite(width))) return toShares(cellLabels(column), counts);
  const heights = new Array<number>(bars).fill(0);
  const put = (bar: number, count: number) => {
    const at = Math.min(bars - 1, Math.max(0, bar));
    heights[at] = (heights[at] ?? 0) + count;
  };
  for (const { count, cell, point } of filled) {
    const low = Math.max(moments.min, bounds[cell - 1] ?? moments.min);
    const high = Math.min(moments.max, bounds[cell] ?? moments.max);
    if (point !== undefined || high <= low) {
      put(Math.floor(((point ?? low) - moments.min) / width), count);
      continue;
    }
    const [from, to] = [(low - moments.min) / width, (high - moments.min) / width];
    for (let bar = Math.floor(from); bar < to; bar += 1) {
      const overlap = Math.min(to, bar + 1) - Math.max(from, bar);
      put(bar, (count * overlap) / (to - from));
    }
  }
  const at = (bar: number) => decimal(moments.min + bar * width);
  return toShares(
    heights.map((_, bar) => `${at(bar)} to ${at(bar + 1)}`),
    heights,
  );
}

function toShares(labels: readonly string[], counts: readonly number[]): ProfileBar[] {
  const all = counts.reduce((sum, count) => sum + count, 0);
  return labels.map((label, index) => ({ label, share: all === 0 ? 0 : (counts[index] ?? 0) / all }));
}
