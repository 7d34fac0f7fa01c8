/** What the portal draws of an evaluation. Small: it is read on every visit of the page. */
import type { Json } from "../lib/step.ts";
import type { BinaryEvaluation } from "./binary-metrics.ts";
import type { Scores } from "./score.ts";
import { type CurvePoint, curvePoints } from "./score-groups.ts";
import type { Slice } from "./slices.ts";

export interface ReportInput {
  readonly target: string;
  readonly positive: string;
  readonly threshold: number;
  readonly evaluation: BinaryEvaluation;
  readonly interval: { readonly low: number; readonly high: number };
  readonly scores: Scores;
  readonly slices: readonly { readonly column: string; readonly slices: readonly Slice[] }[];
}

const curveLimit = 200;
const histogramBins = 20;

export function makeReport(input: ReportInput): Json {
  const { evaluation, interval } = input;
  const points = curvePoints(evaluation.groups, curveLimit - 1);
  return {
    kind: "binary-classification",
    target: input.target,
    positive: input.positive,
    threshold: input.threshold,
    metrics: { ...evaluation.metrics },
    intervals: { roc_auc: { ...interval, level: 0.95, method: "delong" } },
    roc: [
      { threshold: null, falsePositiveRate: 0, truePositiveRate: 0 },
      ...points.map((point) => rocPoint(point, evaluation)),
    ],
    precisionRecall: points
      .filter((point) => point.truePositives > 0)
      .map((point) => precisionRecallPoint(point, evaluation)),
    calibration: evaluation.calibration.map((bin) => ({ ...bin })),
    histogram: histogram(input.scores),
    confusion: { ...evaluation.confusion },
    slices: input.slices.map(({ column, slices }) => ({ column, values: slices.map((slice) => ({ ...slice })) })),
  };
}

function rocPoint(point: CurvePoint, { groups }: BinaryEvaluation): Json {
  return {
    threshold: point.threshold,
    falsePositiveRate: point.falsePositives / groups.negativeCount,
    truePositiveRate: point.truePositives / groups.positiveCount,
  };
}

function precisionRecallPoint(point: CurvePoint, { groups }: BinaryEvaluation): Json {
  return {
    threshold: point.threshold,
    recall: point.truePositives / groups.positiveCount,
    precision: point.truePositives / (point.truePositives + point.falsePositives),
  };
}

/** How many rows of each class got which score, in bins of 0.05. */
function histogram({ probability, actual }: Scores): Json {
  const positives = new Array<number>(histogramBins).fill(0);
  const negatives = new Array<number>(histogramBins).fill(0);
  for (const [row, value] of probability.entries()) {
    const bin = Math.min(histogramBins - 1, Math.floor(value * histogramBins));
    const counts = actual[row] === 1 ? positives : negatives;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { from: 0, to: 1, positives, negatives };
}
