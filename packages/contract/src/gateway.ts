/**
 * The wire between the api and its gateways. The gateway asks; the api never calls a gateway.
 *
 * - `GET /api/v1/gateway/config?after=<version>&waitSeconds=20` answers 200 with a `GatewayConfig` as soon as the
 *   api's version *differs* from `after` (also when it is lower: a restored database), 204 when the wait is over.
 *   Either answer is contact: keys and leases of a gateway count from there.
 * - `POST /api/v1/gateway/report` takes a `GatewayReport` and answers `{ acknowledged: windowId[] }`. A window is sent
 *   again until it is acknowledged, so the api keeps the first of each `windowId` and acknowledges the others too.
 * - Model files are fetched from `files[].url` (signed, without bearer) and used only when their SHA-256 matches.
 */
import { z } from "zod";
import { digestSchema, timeSchema } from "./common.ts";
import { windowCountsSchema } from "./drift/counts/window-counts.ts";
import { referenceProfileSchema } from "./drift/profile/reference-profile.ts";
import { latencySchema } from "./latency.ts";
import { requestLogRuleSchema } from "./request-log.ts";
import { attemptIsolationSchema } from "./resources/isolation.ts";
import { pythonRequestSchema } from "./resources/work.ts";

/** A path within a model folder: relative, with `/`, never leaving the folder. */
const modelFilePathSchema = z
  .string()
  .min(1)
  .regex(/^(?!\/)(?!.*\\)(?!(.*\/)?\.\.?(\/|$))[^\0]+$/, "must be a relative path within the model folder");

export const gatewayFileSchema = z.object({
  path: modelFilePathSchema,
  digest: digestSchema,
  size: z.number().int().nonnegative(),
  /** Absolute, or relative to the api's URL. */
  url: z.string(),
});
export type GatewayFile = z.infer<typeof gatewayFileSchema>;

export const featureTypeSchema = z.enum(["boolean", "integer", "long", "float", "double", "string", "datetime"]);
export type FeatureType = z.infer<typeof featureTypeSchema>;

/** One named input of a model, as its MLflow signature declares it. */
export const modelFeatureSchema = z.object({
  name: z.string(),
  type: featureTypeSchema,
  /** False: may be missing or null. */
  required: z.boolean(),
  /** Of one row's value; empty for a plain column. */
  shape: z.array(z.number().int()),
});
export type ModelFeature = z.infer<typeof modelFeatureSchema>;

/** What scoring a model in a throw-away process found out about it. */
export const modelCheckSchema = z.object({
  ok: z.boolean(),
  /** One sentence, when not ok. */
  problem: z.string().optional(),
  /** Reference rows scored again. */
  rows: z.number().int(),
  /** Largest absolute difference to the recorded outputs; null when none were recorded. */
  maxDifference: z.number().nullable(),
  loadMs: z.number().nullable(),
  /** Of one row. */
  p50Ms: z.number().nullable(),
  /** Of 64 rows at once; reckoned from fewer where those take long already. Missing in older checks. */
  batchMs: z.number().nullable().optional(),
  rssBytes: z.number().nullable(),
  /** By how much loading and scoring the model made the process grow; absent from checks made before it was measured. */
  heldBytes: z.number().nonnegative().optional(),
  signature: z.array(modelFeatureSchema).nullable(),
  inputExample: z.record(z.string(), z.unknown()).nullable(),
  /** The locked environment that a model of Python was scored in; missing for models that the gateway runs itself. */
  python: pythonRequestSchema.optional(),
});
export type ModelCheck = z.infer<typeof modelCheckSchema>;

export const gatewayReleaseSchema = z.object({
  releaseId: z.string(),
  modelName: z.string(),
  modelVersion: z.string(),
  modelDigest: z.string(),
  files: z.array(gatewayFileSchema),
  /** Of a model of Python, which gateways do not score themselves: it runs in the environment that the check locked. */
  check: modelCheckSchema.optional(),
  /** `prepare`: fetch, check and load, so that it can be reported ready. `serve`: may also be given traffic by weights. */
  state: z.enum(["prepare", "serve"]),
  /** The model's reference profile: JSON, fetched like the model. Rows and answers of the release are counted in its cells. */
  profile: gatewayFileSchema.optional(),
});
export type GatewayRelease = z.infer<typeof gatewayReleaseSchema>;

export const gatewayWeightSchema = z.object({
  releaseId: z.string(),
  weight: z.number().min(0).max(100),
  /** A share whose lease has passed goes to `stableReleaseId`. */
  leaseUntil: timeSchema.optional(),
});
export type GatewayWeight = z.infer<typeof gatewayWeightSchema>;

export const gatewayLimitsSchema = z.object({
  maxBodyBytes: z.number().int().positive(),
  maxRows: z.number().int().positive(),
  timeoutMs: z.number().int().positive(),
});
export type GatewayLimits = z.infer<typeof gatewayLimitsSchema>;

/** An online deployment, served below `/{environment}/{project}/{deployment}`. */
export const gatewayEndpointSchema = z.object({
  deploymentId: z.string(),
  environment: z.string(),
  project: z.string(),
  deployment: z.string(),
  /** Sums to 100, or is empty when nothing is released yet. */
  weights: z
    .array(gatewayWeightSchema)
    .refine(
      (weights) => weights.length === 0 || Math.abs(weights.reduce((sum, { weight }) => sum + weight, 0) - 100) < 1e-6,
      "weights must sum to 100",
    ),
  stableReleaseId: z.string().nullable(),
  releases: z.array(gatewayReleaseSchema),
  limits: gatewayLimitsSchema,
  /** Missing: nothing is logged. */
  log: requestLogRuleSchema.optional(),
  /** In whose cells the answers of every release are counted besides, so that releases can be told apart. */
  comparison: referenceProfileSchema.optional().catch(undefined),
});
export type GatewayEndpoint = z.infer<typeof gatewayEndpointSchema>;

export const gatewayKeySchema = z.object({
  /** Hex SHA-256 of the bearer token. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  principalId: z.string(),
  expiresAt: timeSchema.nullable(),
  /** May read the gateway's own counters at `/metrics`. */
  readsMetrics: z.boolean().optional(),
  /** Deployment ids. */
  endpoints: z.union([z.literal("all"), z.array(z.string())]),
});
export type GatewayKey = z.infer<typeof gatewayKeySchema>;

export const gatewayConfigSchema = z.object({
  version: z.number().int().nonnegative(),
  endpoints: z.array(gatewayEndpointSchema),
  keys: z.array(gatewayKeySchema),
});
export type GatewayConfig = z.infer<typeof gatewayConfigSchema>;

export const gatewayConfigQuerySchema = z.object({
  after: z.coerce.number().int().default(0),
  waitSeconds: z.coerce.number().min(0).max(60).default(20),
});

/** What one gateway counted for one release in one span of time. */
export const gatewayWindowSchema = z.object({
  /** The same however often the window is sent. */
  windowId: z.string(),
  deploymentId: z.string(),
  releaseId: z.string(),
  modelVersion: z.string(),
  start: timeSchema,
  seconds: z.number().positive(),
  requests: z.number().int().nonnegative(),
  rows: z.number().int().nonnegative(),
  errors4xx: z.number().int().nonnegative(),
  errors5xx: z.number().int().nonnegative(),
  /** Of every request counted here, failed ones too. */
  latency: latencySchema,
  /**
   * Rows and answers in the cells of profiles, a profile each. They come every few seconds, so a window may have none,
   * and those of rows that were answered shortly before it.
   */
  counts: z.array(windowCountsSchema).max(8).optional(),
});
export type GatewayWindow = z.infer<typeof gatewayWindowSchema>;

export const gatewayReleaseStatusSchema = z.object({
  deploymentId: z.string(),
  releaseId: z.string(),
  /** `ready`: every worker process of this gateway has it loaded and warm. */
  state: z.enum(["loading", "ready", "failed"]),
  /** One sentence, when failed. */
  error: z.string().optional(),
  loadMs: z.number().optional(),
  /** Which bounds hold for the process of a model of Python. */
  isolation: attemptIsolationSchema.optional(),
});
export type GatewayReleaseStatus = z.infer<typeof gatewayReleaseStatusSchema>;

export const gatewayReportSchema = z.object({
  gatewayId: z.string(),
  startedAt: timeSchema,
  configVersion: z.number().int(),
  /** Grows by one with each report of one start of a gateway; an older one that arrives late tells nothing new. */
  sequence: z.number().int(),
  releases: z.array(gatewayReleaseStatusSchema),
  /** Counts are judged one by one: what does not fit is passed over and costs the window nothing else. */
  windows: z.array(gatewayWindowSchema.extend({ counts: z.array(z.unknown()).max(8).optional() })),
});
export type GatewayReport = z.infer<typeof gatewayReportSchema>;

export const gatewayReportAnswerSchema = z.object({ acknowledged: z.array(z.string()) });
export type GatewayReportAnswer = z.infer<typeof gatewayReportAnswerSchema>;

/** A check that came to nothing, for want of which the model cannot be served. */
export const failedModelCheck = (problem: string, rssBytes: number | null): ModelCheck => ({
  ok: false,
  problem,
  rows: 0,
  maxDifference: null,
  loadMs: null,
  p50Ms: null,
  rssBytes,
  signature: null,
  inputExample: null,
});

export {
  emptyLatency,
  type Latency,
  latencyBucketOf,
  latencyBucketsMs,
  latencySchema,
  mergeLatency,
  observeLatency,
  quantile,
} from "./latency.ts";
