import type { ColumnCounts } from "../counts/column-counts.ts";
import { populationStability } from "../statistics/effect-sizes.ts";
import { fisherExact } from "../statistics/fisher-exact.ts";
import { expectedPsi } from "../statistics/no-drift.ts";
import type { CellPair } from "../statistics/pool-cells.ts";
import { wilson } from "../statistics/proportions.ts";

export interface RareComparison {
  readonly psi: number;
  /** PSI less its mean without difference, at least 0. */
  readonly effect: number;
  /** The largest PSI that these few rows do not rule out. */
  readonly chancePsi: number;
  readonly p: number;
}

/**
 * Two counts of which so little lies beside the most frequent cell that no cells can be compared, as of a model that
 * hardly ever says yes: how much lies beside it, by an exact test, which wants no rows. Undefined where nothing does: a
 * model that always says the same is not asked for more rows.
 */
export function compareRare(
  before: ColumnCounts,
  now: ColumnCounts,
  { alpha }: { readonly alpha: number },
): RareComparison | undefined {
  const sums = before.bins.map((rows, cell) => rows + (now.bins[cell] ?? 0));
  const most = sums.indexOf(Math.max(...sums));
  const besideOf = (side: ColumnCounts) => side.present - (side.bins[most] ?? 0);
  const [reference, current] = [besideOf(before), besideOf(now)];
  if (reference + current < rounding) return undefined;
  const pairOf = (first: number, second: number): CellPair => ({
    reference: [before.present - first, first],
    current: [now.present - second, second],
  });
  const psi = populationStability(pairOf(reference, current));
  return {
    psi,
    effect: Math.max(0, psi - expectedPsi({ referenceRows: before.present, rows: now.present, cells: 2 })),
    chancePsi: Math.max(
      ...(now.present < before.present
        ? boundsOf(current, now.present, alpha).map((second) => populationStability(pairOf(reference, second)))
        : boundsOf(reference, before.present, alpha).map((first) => populationStability(pairOf(first, current)))),
    ),
    p: fisherExact(whole(reference, before.present), whole(current, now.present)),
  };
}

/** Levelled counts need not be whole, and are sums of fractions. */
const rounding = 1e-6;

/** Fewest and most rows that may lie there, of so many. */
function boundsOf(found: number, rows: number, alpha: number): number[] {
  const { low = 0, high = 1 } = wilson({ found, rows }, 1 - alpha) ?? {};
  return [low * rows, high * rows];
}

const whole = (found: number, rows: number) => ({ found: Math.round(found), rows: Math.round(rows) });
