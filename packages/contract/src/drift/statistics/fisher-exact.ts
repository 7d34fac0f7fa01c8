import { logGamma } from "../math/gamma.ts";

/**
 * Fisher's exact test of whether two groups have one rate, right for counts of any size, also none: `found` of `rows`
 * in each. Twice the smaller tail, at most 1. The work grows with the root of the rows.
 */
export function fisherExact(
  a: { readonly found: number; readonly rows: number },
  b: { readonly found: number; readonly rows: number },
): number {
  const found = a.found + b.found;
  const rows = a.rows + b.rows;
  if (found === 0 || found === rows || a.rows === 0 || b.rows === 0) return 1;
  const lowest = Math.max(0, found - b.rows);
  const highest = Math.min(found, a.rows);
  const isHigh = a.found * b.rows > b.found * a.rows;
  return Math.min(1, 2 * (isHigh ? tail(a.found, highest, 1) : tail(a.found, lowest, -1)));

  // terms fall from where the tail starts: each is the one before times a ratio
  function tail(start: number, end: number, step: 1 | -1): number {
    let k = start;
    let term = Math.exp(logChoose(a.rows, k) + logChoose(b.rows, found - k) - logChoose(rows, found));
    let total = term;
    while (k !== end && term > total * 1e-17) {
      const up = ((a.rows - k) * (found - k)) / ((k + 1) * (b.rows - found + k + 1));
      const down = (k * (b.rows - found + k)) / ((a.rows - k + 1) * (found - k + 1));
      term *= step === 1 ? up : down;
      total += term;
      k += step;
    }
    return total;
  }
}

const logChoose = (n: number, k: number): number => logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
