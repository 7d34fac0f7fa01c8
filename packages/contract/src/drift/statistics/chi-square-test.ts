import { chiSquareP } from "../math/distributions.ts";
import { type CellPair, sum } from "./pool-cells.ts";

export interface TestResult {
  readonly statistic: number;
  readonly df: number;
  /** How often chance alone gives at least this statistic. */
  readonly p: number;
}

/** Pearson's test of whether both sides are samples of one distribution. Cells that both lack count for nothing. */
export function chiSquareTest({ reference, current }: CellPair): TestResult {
  const [n, m] = [sum(reference), sum(current)];
  return testOf(reference, current, (a, b) => {
    const expected = ((a + b) * m) / (n + m);
    // both sides' terms at once: they miss by the same number of rows
    return (b - expected) ** 2 * (1 / expected + 1 / (a + b - expected));
  });
}

/** Pearson's test of the current rows against shares that are taken to be exact. */
export function chiSquareFitTest({ reference, current }: CellPair): TestResult {
  const scale = sum(current) / sum(reference);
  return testOf(reference, current, (a, b) => (b - a * scale) ** 2 / (a * scale));
}

function testOf(
  reference: readonly number[],
  current: readonly number[],
  term: (a: number, b: number) => number,
): TestResult {
  let [statistic, cells] = [0, 0];
  for (const [index, a] of reference.entries()) {
    const b = current[index] ?? 0;
    if (a + b === 0) continue;
    cells += 1;
    statistic += term(a, b);
  }
  const df = Math.max(0, cells - 1);
  return { statistic, df, p: df === 0 ? 1 : chiSquareP(statistic, df) };
}
