import { chiSquareP, chiSquareQuantile } from "../math/distributions.ts";

/**
 * What PSI is when nothing has changed. For samples of n and m rows of one distribution over B cells, PSI follows about
 * (1/n + 1/m)·χ²(B − 1) (Yurdakul and Naranjo, 2020): 0.17 at 95 % for 100 rows and ten cells. A fixed threshold of 0.1
 * or 0.25 knows nothing of it, and means chance for small windows.
 */
export interface Comparison {
  readonly referenceRows: number;
  readonly rows: number;
  readonly cells: number;
}

/** The PSI that a share `confidence` of comparisons without drift stays below. */
export const noDriftPsi = (comparison: Comparison, confidence = 0.95): number =>
  scaleOf(comparison) * chiSquareQuantile(1 - confidence, comparison.cells - 1);

/** The mean of PSI without drift: what an estimate of the real distance has to take off. */
export const expectedPsi = (comparison: Comparison): number => scaleOf(comparison) * (comparison.cells - 1);

/** How often chance alone gives at least this PSI. */
export const psiP = (psi: number, comparison: Comparison): number =>
  chiSquareP(psi / scaleOf(comparison), comparison.cells - 1);

const scaleOf = ({ referenceRows, rows }: Comparison): number => 1 / referenceRows + 1 / rows;
