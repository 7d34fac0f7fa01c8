import { type CellPair, sum } from "./pool-cells.ts";

/**
 * How far two distributions over the same cells are apart. All of them are 0 for equal shares, and say nothing of
 * whether a distance is more than chance: see `no-drift.ts`.
 */

/** What stands for an empty cell in PSI, whose logarithm knows no zero. */
export type ZeroRule =
  /** Adds this to every count of both sides, and to the sums. */
  | { readonly pseudoCount: number }
  /** Gives empty cells this share and leaves the others as they are, as Evidently does with 1e-4. */
  | { readonly zeroShare: number };

/**
 * Population stability index, Σ (q − p)·ln(q / p): symmetric, unbounded. Half a row is added to each cell unless said
 * otherwise: it moves well filled cells hardly at all, and an empty cell counts for no more than its side's rows say.
 */
export function populationStability(pair: CellPair, zeros: ZeroRule = { pseudoCount: 0.5 }): number {
  const [p, q] = [sharesFor(pair.reference, zeros), sharesFor(pair.current, zeros)];
  return total(p, q, (a, b) => (a === 0 && b === 0 ? 0 : (b - a) * Math.log(b / a)));
}

function sharesFor(counts: readonly number[], zeros: ZeroRule): number[] {
  if ("zeroShare" in zeros) return shares(counts).map((share) => share || zeros.zeroShare);
  return shares(counts.map((count) => count + zeros.pseudoCount));
}

/** Jensen-Shannon distance, the root of the divergence with logarithms of base 2: from 0 to 1. */
export function jensenShannon(pair: CellPair): number {
  const term = (a: number, b: number) => (a === 0 ? 0 : a * Math.log2((2 * a) / (a + b)));
  const divergence = totalOf(pair, (p, q) => term(p, q) + term(q, p)) / 2;
  return Math.sqrt(Math.max(0, divergence));
}

/** Hellinger distance, √(½ Σ (√p − √q)²): from 0 to 1. */
export const hellinger = (pair: CellPair): number =>
  Math.sqrt(totalOf(pair, (p, q) => (Math.sqrt(p) - Math.sqrt(q)) ** 2) / 2);

/** Total variation distance, ½ Σ |p − q|: the share of rows that would have to move. */
export const totalVariation = (pair: CellPair): number => totalOf(pair, (p, q) => Math.abs(p - q)) / 2;

/** L∞: the largest change of any cell's share. */
export function largestChange({ reference, current }: CellPair): number {
  const [p, q] = [shares(reference), shares(current)];
  return p.reduce((largest, share, index) => Math.max(largest, Math.abs(share - (q[index] ?? 0))), 0);
}

const totalOf = ({ reference, current }: CellPair, term: (p: number, q: number) => number): number =>
  total(shares(reference), shares(current), term);

const total = (p: readonly number[], q: readonly number[], term: (p: number, q: number) => number): number =>
  p.reduce((result, share, index) => result + term(share, q[index] ?? 0), 0);

/** Shares of nothing are not a number, so that no distance to it passes for 0. */
function shares(counts: readonly number[]): number[] {
  const rows = sum(counts);
  return counts.map((count) => count / rows);
}
