import { normalQuantile, normalTwoSidedP } from "../math/distributions.ts";

/** A value and the interval that covers the true one in a share `confidence` of cases. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The normal distribution's quantile of a two-sided interval: 1.96 for 0.95. */
export const twoSidedZ = (confidence: number): number => -normalQuantile((1 - confidence) / 2);

export interface Proportion {
  readonly found: number;
  readonly rows: number;
}

/** Wilson's score interval (1927): keeps what it promises for few rows, and for rates of 0 and 1. Undefined of no rows. */
export function wilson({ found, rows }: Proportion, confidence = 0.95): Estimate | undefined {
  if (rows === 0) return undefined;
  const z = twoSidedZ(confidence);
  const value = found / rows;
  const scale = 1 + (z * z) / rows;
  const middle = (value + (z * z) / (2 * rows)) / scale;
  const half = (z / scale) * Math.sqrt((value * (1 - value)) / rows + (z * z) / (4 * rows * rows));
  return {
    value,
    low: found === 0 ? 0 : Math.max(0, middle - half),
    high: found === rows ? 1 : Math.min(1, middle + half),
  };
}

/** The rate of `a` less that of `b`, by Newcombe's (1998) method 10: from the two Wilson intervals. */
export function proportionDifference(a: Proportion, b: Proportion, confidence = 0.95): Estimate | undefined {
  const [first, second] = [wilson(a, confidence), wilson(b, confidence)];
  if (!first || !second) return undefined;
  const value = first.value - second.value;
  return {
    value,
    low: value - Math.hypot(first.value - first.low, second.high - second.value),
    high: value + Math.hypot(first.high - first.value, second.value - second.low),
  };
}

/** The z-test of two rates with their common variance. Wants some ten of each kind; `fisherExact` wants nothing. */
export function proportionTest(a: Proportion, b: Proportion): { readonly z: number; readonly p: number } {
  const common = (a.found + b.found) / (a.rows + b.rows);
  const error = Math.sqrt(common * (1 - common) * (1 / a.rows + 1 / b.rows));
  const z = error === 0 ? 0 : (a.found / a.rows - b.found / b.rows) / error;
  return { z, p: normalTwoSidedP(z) };
}
