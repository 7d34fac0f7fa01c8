import { z } from "zod";
import { timeSchema } from "../common.ts";

/** What came true for one row of one answer. */
export const groundTruthSchema = z.strictObject({
  /** From the header `pave-prediction-id` or the body of the answer. */
  predictionId: z.string(),
  /** Of the request, from 0. */
  row: z.number().int().min(0).max(1_000_000).default(0),
  value: z.union([
    z
      .string()
      .max(200)
      .refine((text) => !text.includes("\0"), "must not contain the character NUL"),
    z.number(),
    z.boolean(),
  ]),
  /** When the outcome belongs to, which groups it into weeks; the time of the prediction unless said. */
  at: z.iso.datetime({ offset: true, local: true }).or(z.iso.date()).optional(),
});
export type GroundTruth = z.input<typeof groundTruthSchema>;

/** What became of labels. Every label counts once. */
export const groundTruthCountsSchema = z.object({
  received: z.number(),
  /** Joined with their prediction. */
  accepted: z.number(),
  /** The prediction is not known yet; they are joined when it comes. */
  pending: z.number(),
  /** There already with the same value: nothing changes. */
  duplicate: z.number(),
  /** There already with another value, which stays. */
  contradicting: z.number(),
  /** Took the place of another value, as `correct=true` asks. */
  corrected: z.number(),
  /** No prediction id, or of a time when nothing can have been predicted. */
  unknown: z.number(),
  /** The prediction is older than predictions are kept. */
  tooLate: z.number(),
  /** Not a value that the model could have answered. */
  wrongType: z.number(),
  /** No label at all. */
  malformed: z.number(),
});
export type GroundTruthCounts = z.infer<typeof groundTruthCountsSchema>;

export const groundTruthAnswerSchema = groundTruthCountsSchema.extend({
  /** The first hundred; `line` counts the labels of a JSON list from 1. */
  problems: z.array(z.object({ line: z.number(), message: z.string() })),
});
export type GroundTruthAnswer = z.infer<typeof groundTruthAnswerSchema>;

export const truthSpans = ["hour", "day", "week"] as const;

/** What conditions of a rollout may ask of `truth`: labels, and how right the answers were; of a kind of answer not all. */
export const truthMetrics = [
  "rows",
  "actual",
  "predicted",
  "gap",
  "accuracy",
  "auc",
  "brier",
  "logLoss",
  "meanAbsoluteError",
  "rootMeanSquaredError",
] as const;
export type TruthSpan = (typeof truthSpans)[number];

const estimateSchema = z.object({ value: z.number(), low: z.number(), high: z.number() });
const measure = estimateSchema.nullable();

/** One hour, day or week, in UTC; weeks begin on Monday. Null where there is nothing to measure. */
export const truthWindowSchema = z.object({
  start: timeSchema,
  end: timeSchema,
  /** Numbers of the releases whose answers these are. */
  releases: z.array(z.number()),
  /** Rows with a known outcome. */
  rows: z.number(),
  /** Logged rows of this time whose outcome should be known by now, and is not. */
  missing: z.number(),
  /** Of `rows` and `missing`, the share with an outcome. */
  coverage: z.number().nullable(),
  /** From the prediction to its label, in seconds. */
  labelAge: z.object({ p50: z.number(), p95: z.number() }).nullable(),
  /** Share of the positive class, or mean of the number. */
  actual: measure,
  predicted: measure,
  /** Actual less predicted, by the row: without 0 in the interval, the model is off. */
  gap: measure,
  accuracy: measure,
  auc: measure,
  brier: measure,
  logLoss: measure,
  meanAbsoluteError: measure,
  rootMeanSquaredError: measure,
});
export type TruthWindow = z.infer<typeof truthWindowSchema>;

export const truthSchema = z.object({
  kind: z.enum(["binary", "label", "number", "other"]).nullable(),
  /** The positive class, where there are two. */
  positive: z.string().nullable(),
  by: z.enum(truthSpans),
  /** The newest that have anything, oldest first. */
  windows: z.array(truthWindowSchema),
  /** Windows with which another release begins. */
  markers: z.array(z.object({ at: timeSchema, release: z.number(), modelVersion: z.string() })),
  /** After this time labels are expected. */
  delaySeconds: z.number(),
  /** Rows of the last thirty days. */
  logged: z.number(),
  /** Of the rows that were answered, the share that was logged; null before the first. */
  loggedShare: z.number().nullable(),
  /** Labels whose prediction has not come. */
  pending: z.number(),
  /** Of the last thirty days. */
  counts: groundTruthCountsSchema,
  /** The newest labels that contradict an earlier one. */
  contradictions: z.array(
    z.object({ predictionId: z.string(), row: z.number(), kept: z.string(), found: z.string(), at: timeSchema }),
  ),
  /** Of the newest window in which actual and predicted differ beyond chance and by enough to matter. */
  finding: z.object({ windows: z.number(), gap: estimateSchema, text: z.string() }).nullable(),
  /** A command that works as printed once `PAVE_TOKEN` is set. */
  curl: z.string(),
});
export type Truth = z.infer<typeof truthSchema>;

/** A file of the request log. */
export const requestLogFileSchema = z.object({
  id: z.string(),
  format: z.enum(["parquet", "ndjson"]),
  rows: z.number(),
  bytes: z.number(),
  from: timeSchema,
  to: timeSchema,
});
export const requestLogSchema = z.object({
  files: z.array(requestLogFileSchema),
  /** Rows that are not in a file yet. */
  waitingRows: z.number(),
  retentionDays: z.number(),
});
export type RequestLog = z.infer<typeof requestLogSchema>;
