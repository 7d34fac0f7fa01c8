import { truthMetrics } from "@pave/contract";
import { type EvidenceSchema, numberType, objectOf } from "../plans/index.ts";

/** Of one release since the step began. */
const side = {
  requests: numberType,
  /** Share of requests answered with 5xx. */
  errorRate: numberType,
  p50Ms: numberType,
  p95Ms: numberType,
  p99Ms: numberType,
  predictionMean: numberType,
  /** Metrics against labels that have come. Known by name: one that nobody measures would never be there, nor abort. */
  truth: objectOf(Object.fromEntries(truthMetrics.map((name) => [name, numberType]))),
};

/** What conditions of a rollout may speak of: the candidate's numbers, and under `stable` those of what ran before. */
export const rolloutEvidence: EvidenceSchema = {
  ...side,
  /** Distance between the predictions of both; absent where the model's predictions are not profiled. */
  predictionPsi: numberType,
  stable: objectOf(side),
};
