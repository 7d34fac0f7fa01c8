import { normalQuantile } from "../math/distributions.ts";
import { type Estimate, wilson } from "../statistics/proportions.ts";

/** A score and whether what it scored came true. */
export interface Scored {
  readonly probability: number;
  readonly actual: boolean;
}

/**
 * Area under the ROC curve, ties counted half, with the interval of DeLong, DeLong and Clarke-Pearson (1988) taken on
 * the logit, so that it stays within 0 and 1; computed from midranks (Sun and Xu, 2014) in n log n. Of a perfect order
 * DeLong's variance is 0, which no sample proves: there the interval is Wilson's for the rarer class. Undefined while
 * one of the classes is missing.
 */
export function areaUnderRoc(rows: readonly Scored[], confidence = 0.95): Estimate | undefined {
  const positives = Float64Array.from(rows.filter(({ actual }) => actual).map(({ probability }) => probability)).sort();
  const negatives = Float64Array.from(
    rows.filter(({ actual }) => !actual).map(({ probability }) => probability),
  ).sort();
  if (positives.length === 0 || negatives.length === 0) return undefined;
  const above = placements(positives, negatives);
  const value = mean(above);
  const fewer = Math.min(positives.length, negatives.length);
  if (value === 0 || value === 1) return wilson({ found: value * fewer, rows: fewer }, confidence);

  const below = placements(negatives, positives);
  const variance = spread(above, value) / above.length + spread(below, 1 - value) / below.length;
  const logit = Math.log(value / (1 - value));
  const half = (-normalQuantile((1 - confidence) / 2) * Math.sqrt(variance)) / (value * (1 - value));
  return { value, low: logistic(logit - half), high: logistic(logit + half) };
}

/** For each of `values` the share of `others` below it, equal ones half. Both ascend. */
function placements(values: Float64Array, others: Float64Array): Float64Array {
  let [below, upTo] = [0, 0];
  return values.map((value) => {
    while (below < others.length && (others[below] ?? value) < value) below += 1;
    while (upTo < others.length && (others[upTo] ?? Number.POSITIVE_INFINITY) <= value) upTo += 1;
    return (below + upTo) / 2 / others.length;
  });
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function spread(values: Float64Array, middle: number): number {
  if (values.length < 2) return middle * (1 - middle);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
}

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
