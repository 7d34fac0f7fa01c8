/**
 * Drift and truth, without any input or output: the reference profile, counting traffic against it, and what the counts
 * say. Runs in a browser as in the gateway.
 */

export { addCountsLists } from "./counts/add-counts.ts";
export { type ColumnCounts, type CountedWindow, type NumbersSummary, referenceCounts } from "./counts/column-counts.ts";
export { countSizes } from "./counts/count-layout.ts";
export { WindowCounts, type WindowCountsJson, windowCountsSchema } from "./counts/window-counts.ts";
export {
  type ComparePredictionsOptions,
  comparePredictions,
  type PredictionComparison,
} from "./judge/compare-predictions.ts";
export { type DriftPolicy, defaultDriftPolicy, driftPolicySchema } from "./judge/drift-policy.ts";
export { type ColumnJudgement, type ColumnStatus, isAlert, judgeColumn } from "./judge/judge-column.ts";
export { type JudgeOptions, judgeWindow, type WindowJudgement } from "./judge/judge-window.ts";
export { type ColumnEvidence, type FindingKind, findingKinds, testColumn } from "./judge/test-column.ts";
export { type CategoricalFacts, categoricalColumn } from "./profile/categorical-column.ts";
export { cellLabels } from "./profile/cell-labels.ts";
export { columnFromQuantiles, type NumericAggregates } from "./profile/column-from-quantiles.ts";
export { comparisonProfile, probabilityColumn, probabilityProfile } from "./profile/probability-column.ts";
export { type ProfileBar, profileBars } from "./profile/profile-bars.ts";
export {
  type ColumnDeclaration,
  ProfileBuilder,
  type ProfileOptions,
  referenceProfile,
} from "./profile/profile-builder.ts";
export {
  type ColumnProfile,
  minimumRows,
  type ProfileFlag,
  type ReferenceProfile,
  referenceProfileSchema,
} from "./profile/reference-profile.ts";
export { type ColumnComparison, compareColumn } from "./statistics/compare-column.ts";
export { type Comparison, expectedPsi, noDriftPsi } from "./statistics/no-drift.ts";
export { type Estimate, type Proportion, proportionDifference, wilson } from "./statistics/proportions.ts";
export { areaUnderRoc } from "./truth/auc.ts";
export {
  type BinaryTruth,
  type JudgedProbability,
  measureBinary,
  measureLabels,
  measureNumbers,
  type NumberTruth,
} from "./truth/measure-truth.ts";
export {
  addBinary,
  addLabel,
  addNumber,
  measureSummedBinary,
  measureSummedLabels,
  measureSummedNumbers,
  mergeTruth,
  noTruth,
  type SummedTruth,
} from "./truth/summed-truth.ts";
