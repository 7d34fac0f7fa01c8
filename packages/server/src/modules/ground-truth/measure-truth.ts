import type { ModelAnswers } from "@pave/contract";
import {
  type Estimate,
  measureSummedBinary,
  measureSummedLabels,
  measureSummedNumbers,
  mergeTruth,
  type SummedTruth,
} from "@pave/contract/drift";
import { noSums, type TruthSums } from "./truth-changes.ts";

/** How right answers were; undefined where there is nothing to measure. Rates for two classes, means for numbers. */
export interface MeasuredTruth {
  readonly rows: number;
  readonly actual: Estimate | undefined;
  readonly predicted: Estimate | undefined;
  /** Actual less predicted, by the row. */
  readonly gap: Estimate | undefined;
  readonly accuracy: Estimate | undefined;
  readonly auc: Estimate | undefined;
  readonly brier: Estimate | undefined;
  readonly logLoss: Estimate | undefined;
  readonly meanAbsoluteError: Estimate | undefined;
  readonly rootMeanSquaredError: Estimate | undefined;
}

const nothing = {
  actual: undefined,
  predicted: undefined,
  gap: undefined,
  accuracy: undefined,
  auc: undefined,
  brier: undefined,
  logLoss: undefined,
  meanAbsoluteError: undefined,
  rootMeanSquaredError: undefined,
};

export function measureTruth(
  kind: ModelAnswers["kind"] | undefined,
  truth: SummedTruth,
  labelled: number,
): MeasuredTruth {
  switch (kind) {
    case "binary": {
      const { rows, positives: _, actualRate, predictedRate, ...found } = measureSummedBinary(truth);
      return { ...nothing, ...found, rows: Math.max(rows, labelled), actual: actualRate, predicted: predictedRate };
    }
    case "label":
      return { ...nothing, ...measureSummedLabels(truth), rows: labelled };
    case "number": {
      const { actualMean, predictedMean, ...found } = measureSummedNumbers(truth);
      return { ...nothing, ...found, rows: labelled, actual: actualMean, predicted: predictedMean };
    }
    case "other":
    case undefined:
      return { ...nothing, rows: labelled };
  }
}

export function mergeSums(all: readonly TruthSums[]): TruthSums {
  return all.reduce<TruthSums>(
    (sum, one) => ({
      seen: sum.seen + one.seen,
      logged: sum.logged + one.logged,
      settled: sum.settled + one.settled,
      labelled: sum.labelled + one.labelled,
      truth: mergeTruth(sum.truth, one.truth),
      ages: Array.from(
        { length: Math.max(sum.ages.length, one.ages.length) },
        (_, index) => (sum.ages[index] ?? 0) + (one.ages[index] ?? 0),
      ),
    }),
    noSums(),
  );
}
