import { kolmogorovP } from "../math/distributions.ts";
import { type CellPair, sum } from "./pool-cells.ts";

/**
 * Two-sample Kolmogorov-Smirnov over ordered cells. D is the largest difference of the two cumulated shares at a bound:
 * never more than the exact D of the values. p is that of the asymptotic law with Stephens' (1970) correction for small
 * samples, (√k + 0.12 + 0.11/√k)·D with k = nm/(n + m); for cells and ties it errs towards calling it chance.
 */
export function kolmogorovSmirnov({ reference, current }: CellPair): { readonly d: number; readonly p: number } {
  const [n, m] = [sum(reference), sum(current)];
  let [below, belowCurrent, d] = [0, 0, 0];
  for (const [index, count] of reference.entries()) {
    below += count;
    belowCurrent += current[index] ?? 0;
    d = Math.max(d, Math.abs(below / n - belowCurrent / m));
  }
  const root = Math.sqrt((n * m) / (n + m));
  return { d, p: kolmogorovP((root + 0.12 + 0.11 / root) * d) };
}
