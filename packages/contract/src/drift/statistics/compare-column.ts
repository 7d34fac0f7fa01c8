import type { ColumnCounts } from "../counts/column-counts.ts";
import type { ColumnProfile } from "../profile/reference-profile.ts";
import { chiSquareTest, type TestResult } from "./chi-square-test.ts";
import { hellinger, jensenShannon, largestChange, populationStability, totalVariation } from "./effect-sizes.ts";
import { kolmogorovSmirnov } from "./kolmogorov-smirnov.ts";
import { type Comparison, expectedPsi, noDriftPsi } from "./no-drift.ts";
import { type CellPair, poolCells, sum } from "./pool-cells.ts";
import { wasserstein } from "./wasserstein.ts";

/** What sets two distributions of one column apart, of the values that are there. */
export interface ColumnComparison extends Comparison {
  readonly psi: number;
  /** PSI less its mean without drift, at least 0: an estimate of the real distance that does not grow as rows get few. */
  readonly effect: number;
  /** PSI that chance alone stays below in 95 of 100 comparisons. */
  readonly chancePsi: number;
  readonly jensenShannon: number;
  readonly hellinger: number;
  readonly totalVariation: number;
  readonly largestChange: number;
  readonly chiSquare: TestResult;
  /** Of numbers only. */
  readonly kolmogorovSmirnov: { readonly d: number; readonly p: number } | null;
  /** In standard deviations of the reference; null where that is 0. */
  readonly wasserstein: number | null;
  /** Current mean less the reference's, in standard deviations of the reference. */
  readonly meanShift: number | null;
}

export interface CompareOptions {
  readonly confidence?: number;
  readonly minimumExpected?: number;
  /**
   * Categories too rare to be compared join their neighbours instead of one rest: of many labels with none that is
   * frequent something can be compared then. For counts of which neither is the profile's own.
   */
  readonly joinsNeighbours?: boolean;
}

/**
 * Compares two counts against the same profile: a window with the reference, or one version's traffic with another's.
 * Undefined when a side is empty, or when everything lies in one cell: then there is nothing to compare, which is not
 * the same as no distance.
 */
export function compareColumn(
  column: ColumnProfile,
  reference: ColumnCounts,
  current: ColumnCounts,
  { confidence = 0.95, ...pooling }: CompareOptions = {},
): ColumnComparison | undefined {
  if (reference.present === 0 || current.present === 0) return undefined;
  const pooled = poolColumn(column, reference, current, pooling);
  const cells = pooled.reference.length;
  if (cells < 2) return undefined;
  const comparison = { referenceRows: sum(pooled.reference), rows: sum(pooled.current), cells };
  const psi = populationStability(pooled);
  return {
    ...comparison,
    psi,
    effect: Math.max(0, psi - expectedPsi(comparison)),
    chancePsi: noDriftPsi(comparison, confidence),
    jensenShannon: jensenShannon(pooled),
    hellinger: hellinger(pooled),
    totalVariation: totalVariation(pooled),
    largestChange: largestChange(pooled),
    chiSquare: chiSquareTest(pooled),
    ...compareNumbers(column, reference, current),
  };
}

/**
 * Which categories have a cell of their own was decided by the reference, so those were rather too frequent there, and
 * what it never had is missing there by construction: compared cell by cell, a reference of few rows and many categories
 * differs from every window. So tail and unseen count as one rest, and no category is judged alone that is not more
 * frequent than a category of the tail would be by chance: `largest` of the tail and four standard deviations more.
 */
function poolColumn(
  column: ColumnProfile,
  reference: ColumnCounts,
  current: ColumnCounts,
  { minimumExpected = 10, joinsNeighbours = false }: CompareOptions,
): CellPair {
  const pair = { reference: reference.bins, current: current.bins };
  if (column.kind === "numeric" || joinsNeighbours) {
    return poolCells(pair, { isOrdered: true, minimumExpected, rest: [reference.unseen, current.unseen] });
  }
  const own = { reference: reference.bins.slice(0, -1), current: current.bins.slice(0, -1) };
  const restOf = ({ bins, unseen }: ColumnCounts) => (bins.at(-1) ?? 0) + unseen;
  const largest = column.tail.length > 0 || !column.isTailComplete ? (column.counts.at(-1) ?? 0) : 0;
  const scale = (reference.present + current.present) / Math.max(1, column.rows - column.missing);
  return poolCells(own, {
    isOrdered: false,
    minimumExpected,
    minimumRows: (largest + 4 * Math.sqrt(largest)) * scale,
    rest: [restOf(reference), restOf(current)],
  });
}

function compareNumbers(
  column: ColumnProfile,
  reference: ColumnCounts,
  current: ColumnCounts,
): Pick<ColumnComparison, "kolmogorovSmirnov" | "wasserstein" | "meanShift"> {
  const [before, now] = [reference.numbers, current.numbers];
  if (column.kind !== "numeric" || !before || !now) {
    return { kolmogorovSmirnov: null, wasserstein: null, meanShift: null };
  }
  const pair = { reference: reference.bins, current: current.bins };
  const meanDifference = now.mean - before.mean;
  const around = { min: Math.min(before.min, now.min), max: Math.max(before.max, now.max), meanDifference };
  const perDeviation = before.deviation > 0 ? 1 / before.deviation : undefined;
  return {
    kolmogorovSmirnov: kolmogorovSmirnov(pair),
    wasserstein: perDeviation === undefined ? null : wasserstein(pair, column.bounds, around) * perDeviation,
    meanShift: perDeviation === undefined ? null : meanDifference * perDeviation,
  };
}
