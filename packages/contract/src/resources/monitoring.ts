import { z } from "zod";
import { principalRefSchema, timeSchema } from "../common.ts";

/**
 * - `ok`, `watch`, `drift`: what the last window showed; only `drift` alerts
 * - `too-few-rows`, `no-reference`: nothing could be judged, for that reason; never an ok
 */
export const monitorStateSchema = z.enum(["ok", "watch", "drift", "too-few-rows", "no-reference"]);

export const alertKindSchema = z.enum(["inputs", "predictions", "availability", "latency"]);
export const alertStateSchema = z.enum(["open", "acknowledged", "resolved"]);

/** How a service level stands over the four pairs of windows that alerts are made from. */
export const sloStatusSchema = z.object({
  name: z.enum(["availability", "latency"]),
  /** In words: "99.9 % of requests answered without a 5xx". */
  objective: z.string(),
  /** Times the budget is burnt faster than it lasts. */
  burn: z.array(
    z.object({
      severity: z.enum(["page", "ticket"]),
      long: z.string(),
      short: z.string(),
      limit: z.number(),
      longBurn: z.number(),
      shortBurn: z.number(),
      isBurning: z.boolean(),
    }),
  ),
  requests: z.number(),
});
export type SloStatus = z.infer<typeof sloStatusSchema>;

export const monitorSchema = z.object({
  environment: z.string(),
  deployment: z.string(),
  release: z.number().nullable(),
  model: z.string().nullable(),
  modelVersion: z.string().nullable(),
  state: monitorStateSchema,
  reason: z.string(),
  /** Of the window that collects rows now; null without a reference. */
  window: z.object({ since: timeSchema, rows: z.number(), neededRows: z.number(), judgedBy: timeSchema }).nullable(),
  /** End of the last window that was judged. */
  judgedAt: timeSchema.nullable(),
  /** Those not resolved. */
  alerts: z.number(),
  slo: z.array(sloStatusSchema),
});
export type Monitor = z.infer<typeof monitorSchema>;

/** One column of the last window beside its reference, for a chart. */
export const monitoredColumnSchema = z.object({
  column: z.string(),
  kind: z.enum(["numeric", "categorical", "boolean"]),
  status: z.string(),
  reason: z.string(),
  /** PSI less what it is by chance; null where nothing was compared. */
  effect: z.number().nullable(),
  /** PSI that chance alone stays below at these rows. */
  chance: z.number().nullable(),
  rows: z.number(),
  missing: z.object({ reference: z.number().nullable(), traffic: z.number().nullable() }),
  cells: z.array(z.object({ label: z.string(), reference: z.number(), traffic: z.number() })),
  /** Of many categories those that have no cell here. */
  rest: z.object({ categories: z.number(), reference: z.number(), traffic: z.number() }).nullable(),
  means: z.object({ reference: z.number().nullable(), traffic: z.number().nullable() }),
});
export type MonitoredColumn = z.infer<typeof monitoredColumnSchema>;

export const alertSchema = z.object({
  number: z.number(),
  kind: alertKindSchema,
  severity: z.enum(["page", "ticket"]),
  state: alertStateSchema,
  title: z.string(),
  reason: z.string(),
  fix: z.string(),
  environment: z.string(),
  deployment: z.string(),
  model: z.string().nullable(),
  modelVersion: z.string().nullable(),
  release: z.number().nullable(),
  occurrences: z.number(),
  openedAt: timeSchema,
  seenAt: timeSchema,
  acknowledgedAt: timeSchema.nullable(),
  acknowledgedBy: principalRefSchema.nullable(),
  comment: z.string(),
  resolvedAt: timeSchema.nullable(),
  resolution: z.string(),
});
export type Alert = z.infer<typeof alertSchema>;

export const alertDetailSchema = alertSchema.extend({
  /** Columns and numbers behind it. */
  details: z.record(z.string(), z.unknown()),
  deliveries: z.array(
    z.object({
      event: z.string(),
      state: z.enum(["waiting", "delivered", "failed"]),
      attempts: z.number(),
      lastStatus: z.number().nullable(),
      lastError: z.string().nullable(),
      nextAt: timeSchema.nullable(),
      deliveredAt: timeSchema.nullable(),
    }),
  ),
});
export type AlertDetail = z.infer<typeof alertDetailSchema>;

export const monitorDetailSchema = monitorSchema.extend({
  reference: z.object({
    state: z.enum(["ready", "making", "failed", "none"]),
    message: z.string(),
    rows: z.number(),
    /** Of which rows the reference's answers are. */
    predictions: z.enum(["held-out", "training", "none"]),
  }),
  /** Above what a change counts, and in how many of the last windows it has to be found; null while nothing is released. */
  thresholds: z
    .object({ psi: z.number(), missing: z.number(), unseen: z.number(), windows: z.number(), of: z.number() })
    .nullable(),
  /** Of the last window that was judged, or of the open one before there is any. */
  shown: z.object({ from: timeSchema, to: timeSchema, rows: z.number(), isJudged: z.boolean() }).nullable(),
  prediction: monitoredColumnSchema.nullable(),
  /** The most affected first. */
  columns: z.array(monitoredColumnSchema),
  windows: z.array(
    z.object({ start: timeSchema, end: timeSchema, rows: z.number(), status: monitorStateSchema, reason: z.string() }),
  ),
});
export type MonitorDetail = z.infer<typeof monitorDetailSchema>;
