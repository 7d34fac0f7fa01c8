/** The metrics of a classifier of two classes. Definitions and edge cases are those of scikit-learn. */
import { averagePrecision, groupScores, rocAuc, type ScoreGroups } from "./score-groups.ts";

export interface Confusion {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly trueNegatives: number;
  readonly falseNegatives: number;
}

export interface CalibrationBin {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  /** Null in an empty bin. */
  readonly predictedMean: number | null;
  readonly positiveRate: number | null;
}

export interface BinaryEvaluation {
  readonly metrics: { readonly [name: string]: number };
  readonly groups: ScoreGroups;
  readonly confusion: Confusion;
  readonly calibration: readonly CalibrationBin[];
}

const calibrationBins = 10;
/** scikit-learn clips probabilities by the machine epsilon of their type before it takes the logarithm. */
const epsilon = Number.EPSILON;

/** Needs at least one row of each class. A row is predicted positive when its probability reaches the threshold. */
export function evaluateBinary(probability: Float64Array, actual: Uint8Array, threshold: number): BinaryEvaluation {
  const groups = groupScores(probability, actual);
  const confusion = countConfusion(groups, threshold);
  const calibration = calibrate(probability, actual);
  const rows = probability.length;
  const losses = sumLosses(probability, actual);
  const { truePositives, falsePositives, trueNegatives, falseNegatives } = confusion;

  const metrics = {
    roc_auc: rocAuc(groups),
    average_precision: averagePrecision(groups),
    log_loss: losses.logLoss / rows,
    brier: losses.squares / rows,
    accuracy: (truePositives + trueNegatives) / rows,
    precision: ratio(truePositives, truePositives + falsePositives),
    recall: ratio(truePositives, truePositives + falseNegatives),
    f1: ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives),
    expected_calibration_error: calibrationError(calibration, rows),
    positive_rate: groups.positiveCount / rows,
    predicted_mean: losses.sum / rows,
    rows,
  };
  return { metrics, groups, confusion, calibration };
}

function countConfusion(groups: ScoreGroups, threshold: number): Confusion {
  let truePositives = 0;
  let falsePositives = 0;
  for (let i = 0; i < groups.score.length && (groups.score[i] ?? 0) >= threshold; i++) {
    truePositives += groups.positives[i] ?? 0;
    falsePositives += groups.negatives[i] ?? 0;
  }
  return {
    truePositives,
    falsePositives,
    trueNegatives: groups.negativeCount - falsePositives,
    falseNegatives: groups.positiveCount - truePositives,
  };
}

function sumLosses(probability: Float64Array, actual: Uint8Array): { sum: number; squares: number; logLoss: number } {
  let sum = 0;
  let squares = 0;
  let logLoss = 0;
  for (let row = 0; row < probability.length; row++) {
    const p = probability[row] ?? 0;
    const y = actual[row] ?? 0;
    sum += p;
    squares += (p - y) ** 2;
    const clipped = Math.min(1 - epsilon, Math.max(epsilon, p));
    logLoss -= Math.log(y === 1 ? clipped : 1 - clipped);
  }
  return { sum, squares, logLoss };
}

/** Bins of equal width; the last one includes 1. */
function calibrate(probability: Float64Array, actual: Uint8Array): readonly CalibrationBin[] {
  const rows = new Array<number>(calibrationBins).fill(0);
  const sums = new Array<number>(calibrationBins).fill(0);
  const positives = new Array<number>(calibrationBins).fill(0);
  for (let row = 0; row < probability.length; row++) {
    const p = probability[row] ?? 0;
    const bin = Math.min(calibrationBins - 1, Math.floor(p * calibrationBins));
    rows[bin] = (rows[bin] ?? 0) + 1;
    sums[bin] = (sums[bin] ?? 0) + p;
    positives[bin] = (positives[bin] ?? 0) + (actual[row] ?? 0);
  }
  return rows.map((count, bin) => ({
    from: bin / calibrationBins,
    to: (bin + 1) / calibrationBins,
    rows: count,
    predictedMean: count === 0 ? null : (sums[bin] ?? 0) / count,
    positiveRate: count === 0 ? null : (positives[bin] ?? 0) / count,
  }));
}

function calibrationError(bins: readonly CalibrationBin[], rows: number): number {
  return bins.reduce(
    (sum, bin) => sum + (bin.rows / rows) * Math.abs((bin.predictedMean ?? 0) - (bin.positiveRate ?? 0)),
    0,
  );
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
