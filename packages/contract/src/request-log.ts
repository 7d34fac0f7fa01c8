/**
 * The request log on its way from a gateway to the api: `POST /api/v1/gateway/log` takes parts one after another, each
 * a line with a `LogPart` and then as many lines with a `LogRecord` as it says. A part is sent again until it is
 * acknowledged, so the api keeps the first of each `part` and acknowledges the others too.
 */
import { z } from "zod";

/** What stands in place of a redacted value, in every file, row and answer. */
export const redactedValue = "[redacted]";

/** Which requests a gateway keeps of an endpoint. */
export const requestLogRuleSchema = z.object({
  /** Share of requests that is kept, 0 to 1. */
  sample: z.number().min(0).max(1),
  /** Rows a second that one worker keeps in the long run; a minute's worth may come at once. */
  maxRowsPerSecond: z.number().min(0),
  /** Features whose values never leave the worker. */
  redact: z.array(z.string()),
});
export type RequestLogRule = z.infer<typeof requestLogRuleSchema>;

/** Every request of a small endpoint; a part of those of one that has more than 100 rows a second. */
export const defaultRequestLogRule: RequestLogRule = { sample: 1, maxRowsPerSecond: 100, redact: [] };

/** What a model's answers are, and so what ground truth about them must be. */
export const modelAnswersSchema = z.discriminatedUnion("kind", [
  /** One of two classes; `score` is the probability of `positive`. Classes as text. */
  z.object({ kind: z.literal("binary"), positive: z.string(), negative: z.string() }),
  /** One of several classes, known or not. */
  z.object({ kind: z.literal("label"), classes: z.array(z.string()).nullable() }),
  /** `score` is the number. */
  z.object({ kind: z.literal("number") }),
  /** Anything else: logged, and not measured. */
  z.object({ kind: z.literal("other") }),
]);
export type ModelAnswers = z.infer<typeof modelAnswersSchema>;

export const loggedReleaseSchema = z.object({
  deploymentId: z.string(),
  releaseId: z.string(),
  modelVersion: z.string(),
  answers: modelAnswersSchema,
  /** Rows that were answered, and those of them that are logged: numbers from the log can be weighed by the two. */
  seen: z.number().int().nonnegative(),
  kept: z.number().int().nonnegative(),
});
export type LoggedRelease = z.infer<typeof loggedReleaseSchema>;

export const logPartSchema = z.object({
  part: z.uuid(),
  rows: z.number().int().nonnegative(),
  /** Rows of earlier parts that had to be dropped before they could be sent. */
  lost: z.number().int().nonnegative(),
  releases: z.array(loggedReleaseSchema),
});
export type LogPart = z.infer<typeof logPartSchema>;

/** One row of one request and what was answered. */
export const logRecordSchema = z.object({
  /** The prediction id; the time of the answer is in it. */
  id: z.uuid({ version: "v7" }),
  row: z.number().int().nonnegative(),
  release: z.string(),
  score: z.number().nullable(),
  label: z.string().nullable(),
  features: z.record(z.string(), z.unknown()),
});
export type LogRecord = z.infer<typeof logRecordSchema>;

export const gatewayLogAnswerSchema = z.object({ acknowledged: z.array(z.string()) });
/** The most that a gateway sends at once. */
export const maxLogBodyBytes = 8 * 2 ** 20;

/** When the answer with this id was given, in milliseconds; undefined when it is no prediction id. */
export function predictionTime(id: string): number | undefined {
  if (!/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)) return undefined;
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
