/**
 * How right answers were, kept as sums: they add up over rows, windows, releases and processes in any order, a row can
 * be taken out again, and every value of `measureBinary`, `measureLabels` and `measureNumbers` comes from them. Only
 * the area under the curve is of scores in 128 bins, finer near 0 and 1.
 */
import { normalQuantile } from "../math/distributions.ts";
import { type Estimate, wilson } from "../statistics/proportions.ts";
import type { BinaryTruth, NumberTruth } from "./measure-truth.ts";

export interface SummedTruth {
  /** Binary: see `binary`; labels: rows, right; numbers: see `numbers`. */
  readonly sums: number[];
  /** Binary only: rows by bin of the score, those that came true and then the others. */
  readonly cells: number[];
}

const binary = { rows: 0, positives: 1, score: 2, gap: 4, brier: 6, logLoss: 8, right: 10, length: 11 } as const;
const numbers = { rows: 0, gap: 1, absolute: 3, squared: 5, predicted: 7, actual: 9, length: 11 } as const;
const bins = 128;

export const noTruth = (): SummedTruth => ({ sums: [], cells: [] });

/** `times`: -1 takes a row out again. */
export function addBinary(
  into: SummedTruth,
  row: { readonly probability: number; readonly predicted: boolean; readonly actual: boolean },
  times = 1,
): void {
  const { probability, actual } = row;
  const add = adder(into.sums, binary.length, times);
  add(binary.rows, 1);
  add(binary.positives, Number(actual));
  add(binary.right, Number(row.predicted === actual));
  const likelihood = Math.min(1 - 1e-15, Math.max(1e-15, actual ? probability : 1 - probability));
  const squared = (at: number, value: number) => {
    add(at, value);
    add(at + 1, value * value);
  };
  squared(binary.score, probability);
  squared(binary.gap, Number(actual) - probability);
  squared(binary.brier, (Number(actual) - probability) ** 2);
  squared(binary.logLoss, -Math.log(likelihood));
  adder(into.cells, 2 * bins, times)(binOf(probability) + (actual ? 0 : bins), 1);
}

export function addLabel(into: SummedTruth, isRight: boolean, times = 1): void {
  const add = adder(into.sums, 2, times);
  add(0, 1);
  add(1, Number(isRight));
}

export function addNumber(
  into: SummedTruth,
  { predicted, actual }: { readonly predicted: number; readonly actual: number },
  times = 1,
): void {
  const error = actual - predicted;
  const add = adder(into.sums, numbers.length, times);
  add(numbers.rows, 1);
  const places = [numbers.gap, numbers.absolute, numbers.squared, numbers.predicted, numbers.actual];
  for (const [index, value] of [error, Math.abs(error), error * error, predicted, actual].entries()) {
    add(places[index] ?? 0, value);
    add((places[index] ?? 0) + 1, value * value);
  }
}

export const mergeTruth = (a: SummedTruth, b: SummedTruth): SummedTruth => ({
  sums: plus(a.sums, b.sums),
  cells: plus(a.cells, b.cells),
});

export function measureSummedBinary({ sums, cells }: SummedTruth, confidence = 0.95): BinaryTruth {
  const at = (index: number) => sums[index] ?? 0;
  const rows = Math.round(at(binary.rows));
  const mean = (index: number, low: number, high: number) =>
    meanOf({ rows, sum: at(index), squares: at(index + 1) }, [low, high], confidence);
  return {
    rows,
    positives: Math.round(at(binary.positives)),
    actualRate: wilson({ found: Math.round(at(binary.positives)), rows }, confidence),
    predictedRate: mean(binary.score, 0, 1),
    gap: mean(binary.gap, -1, 1),
    accuracy: wilson({ found: Math.round(at(binary.right)), rows }, confidence),
    brier: mean(binary.brier, 0, 1),
    logLoss: mean(binary.logLoss, 0, Number.POSITIVE_INFINITY),
    auc: binnedAuc(cells, confidence),
  };
}

export const measureSummedLabels = ({ sums }: SummedTruth, confidence = 0.95) => ({
  rows: Math.round(sums[0] ?? 0),
  accuracy: wilson({ found: Math.round(sums[1] ?? 0), rows: Math.round(sums[0] ?? 0) }, confidence),
});

export interface SummedNumberTruth extends NumberTruth {
  readonly predictedMean: Estimate | undefined;
  readonly actualMean: Estimate | undefined;
}

export function measureSummedNumbers({ sums }: SummedTruth, confidence = 0.95): SummedNumberTruth {
  const rows = Math.round(sums[numbers.rows] ?? 0);
  const mean = (index: number, low = Number.NEGATIVE_INFINITY) =>
    meanOf({ rows, sum: sums[index] ?? 0, squares: sums[index + 1] ?? 0 }, [low, Number.POSITIVE_INFINITY], confidence);
  const squared = mean(numbers.squared, 0);
  return {
    rows,
    gap: mean(numbers.gap),
    meanAbsoluteError: mean(numbers.absolute, 0),
    rootMeanSquaredError: squared && {
      value: Math.sqrt(squared.value),
      low: Math.sqrt(squared.low),
      high: Math.sqrt(squared.high),
    },
    predictedMean: mean(numbers.predicted),
    actualMean: mean(numbers.actual),
  };
}

function adder(into: number[], length: number, times: number): (at: number, value: number) => void {
  while (into.length < length) into.push(0);
  return (at, value) => {
    into[at] = (into[at] ?? 0) + times * value;
  };
}

const plus = (a: readonly number[], b: readonly number[]): number[] =>
  Array.from({ length: Math.max(a.length, b.length) }, (_, index) => (a[index] ?? 0) + (b[index] ?? 0));

/** By the logit, an eighth each: rare classes live near 0. */
function binOf(probability: number): number {
  const logit = Math.log(probability / (1 - probability));
  return Math.min(bins - 1, Math.max(0, Math.floor((logit + 8) * 8)));
}

type Range = readonly [low: number, high: number];

function meanOf(
  { rows, sum, squares }: { readonly rows: number; readonly sum: number; readonly squares: number },
  [lowest, highest]: Range,
  confidence: number,
): Estimate | undefined {
  if (rows === 0) return undefined;
  const value = sum / rows;
  if (rows === 1) return { value, low: lowest, high: highest };
  const variance = Math.max(0, (squares - rows * value * value) / (rows - 1));
  const half = zOf(confidence) * Math.sqrt(variance / rows);
  return { value, low: Math.max(lowest, value - half), high: Math.min(highest, value + half) };
}

/** As `areaUnderRoc`, of scores that share a bin as if they were equal. */
function binnedAuc(cells: readonly number[], confidence: number): Estimate | undefined {
  const [positives, negatives] = [cells.slice(0, bins), cells.slice(bins)];
  const [above, below] = [placements(positives, negatives), placements(negatives, positives)];
  if (!above || !below) return undefined;
  const value = above.mean;
  const fewer = Math.min(above.rows, below.rows);
  if (value <= 0 || value >= 1) return wilson({ found: Math.round(value * fewer), rows: fewer }, confidence);
  const variance = above.variance / above.rows + below.variance / below.rows;
  const logit = Math.log(value / (1 - value));
  const half = (zOf(confidence) * Math.sqrt(variance)) / (value * (1 - value));
  return { value, low: logistic(logit - half), high: logistic(logit + half) };
}

/** Of each row in `own` the share of `others` below it, equal ones half: how many rows, mean and variance. */
function placements(own: readonly number[], others: readonly number[]) {
  const [rows, all] = [total(own), total(others)];
  if (rows === 0 || all === 0) return undefined;
  let [below, sum, squares] = [0, 0, 0];
  for (const [bin, count] of own.entries()) {
    const here = others[bin] ?? 0;
    const place = (below + here / 2) / all;
    sum += count * place;
    squares += count * place * place;
    below += here;
  }
  const mean = sum / rows;
  const variance = rows < 2 ? mean * (1 - mean) : Math.max(0, (squares - rows * mean * mean) / (rows - 1));
  return { rows, mean, variance };
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
const zOf = (confidence: number): number => -normalQuantile((1 - confidence) / 2);
const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
