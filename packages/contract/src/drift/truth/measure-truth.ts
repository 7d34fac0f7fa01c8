import { type Estimate, twoSidedZ, wilson } from "../statistics/proportions.ts";
import { areaUnderRoc, type Scored } from "./auc.ts";

/** A probability as a model gave it, the label it gave with it if any, and what came true. */
export interface JudgedProbability extends Scored {
  readonly predicted?: boolean;
}

/**
 * How right a classifier of two classes was, over the rows whose label is known. Every value is undefined rather than
 * made up where there is nothing to measure it on.
 */
export interface BinaryTruth {
  readonly rows: number;
  readonly positives: number;
  /** Share that came true. */
  readonly actualRate: Estimate | undefined;
  /** Mean probability that was predicted. */
  readonly predictedRate: Estimate | undefined;
  /** `actualRate` less `predictedRate`, by the row: an interval without 0 says that the model is off, whatever the inputs do. */
  readonly gap: Estimate | undefined;
  readonly accuracy: Estimate | undefined;
  /** Mean squared error of the probability. */
  readonly brier: Estimate | undefined;
  /** Mean negative logarithm of the probability of what came true, in nats; probabilities of 0 and 1 count as 1e-15 from it. */
  readonly logLoss: Estimate | undefined;
  readonly auc: Estimate | undefined;
}

/** `threshold` decides where a row came without a predicted label. */
export function measureBinary(
  rows: readonly JudgedProbability[],
  { threshold = 0.5, confidence = 0.95 }: { threshold?: number; confidence?: number } = {},
): BinaryTruth {
  const positives = rows.filter(({ actual }) => actual).length;
  const right = rows.filter(
    ({ probability, predicted = probability >= threshold, actual }) => predicted === actual,
  ).length;
  const within = (range: Range, of: (row: JudgedProbability) => number) => meanOf(rows.map(of), range, confidence);
  return {
    rows: rows.length,
    positives,
    actualRate: wilson({ found: positives, rows: rows.length }, confidence),
    predictedRate: within([0, 1], ({ probability }) => probability),
    gap: within([-1, 1], ({ probability, actual }) => Number(actual) - probability),
    accuracy: wilson({ found: right, rows: rows.length }, confidence),
    brier: within([0, 1], ({ probability, actual }) => (Number(actual) - probability) ** 2),
    logLoss: within([0, Number.POSITIVE_INFINITY], ({ probability, actual }) => {
      const likelihood = actual ? probability : 1 - probability;
      return -Math.log(Math.min(1 - 1e-15, Math.max(1e-15, likelihood)));
    }),
    auc: areaUnderRoc(rows, confidence),
  };
}

/** How often a label, of any number of classes, was the right one. */
export const measureLabels = (
  rows: readonly { readonly predicted: string; readonly actual: string }[],
  confidence = 0.95,
): { readonly rows: number; readonly accuracy: Estimate | undefined } => ({
  rows: rows.length,
  accuracy: wilson(
    { found: rows.filter(({ predicted, actual }) => predicted === actual).length, rows: rows.length },
    confidence,
  ),
});

export interface NumberTruth {
  readonly rows: number;
  /** Mean of actual less predicted. */
  readonly gap: Estimate | undefined;
  readonly meanAbsoluteError: Estimate | undefined;
  readonly rootMeanSquaredError: Estimate | undefined;
}

/** How far predicted numbers were off, in their own units. */
export function measureNumbers(
  rows: readonly { readonly predicted: number; readonly actual: number }[],
  confidence = 0.95,
): NumberTruth {
  const errors = rows.map(({ predicted, actual }) => actual - predicted);
  const anything: Range = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const positive: Range = [0, Number.POSITIVE_INFINITY];
  const squared = meanOf(
    errors.map((error) => error * error),
    positive,
    confidence,
  );
  return {
    rows: rows.length,
    gap: meanOf(errors, anything, confidence),
    meanAbsoluteError: meanOf(errors.map(Math.abs), positive, confidence),
    rootMeanSquaredError: squared && {
      value: Math.sqrt(squared.value),
      low: Math.sqrt(squared.low),
      high: Math.sqrt(squared.high),
    },
  };
}

type Range = readonly [low: number, high: number];

/** A mean with the normal interval of the central limit theorem, cut to what is possible. One row has no interval but the whole range. */
function meanOf(values: readonly number[], [lowest, highest]: Range, confidence: number): Estimate | undefined {
  const n = values.length;
  if (n === 0) return undefined;
  const value = values.reduce((sum, x) => sum + x, 0) / n;
  if (n === 1) return { value, low: lowest, high: highest };
  const variance = values.reduce((sum, x) => sum + (x - value) ** 2, 0) / (n - 1);
  const half = twoSidedZ(confidence) * Math.sqrt(variance / n);
  return { value, low: Math.max(lowest, value - half), high: Math.min(highest, value + half) };
}
