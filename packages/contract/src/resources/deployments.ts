import { z } from "zod";
import { digestSchema, principalRefSchema, timeSchema } from "../common.ts";
import { environmentSpecSchema } from "../spec/environment-spec.ts";
import { attemptIsolationSchema } from "./isolation.ts";
import { rolloutSchema } from "./rollouts.ts";

export const releaseSchema = z.object({
  id: z.string(),
  number: z.number(),
  state: z.enum(["pending", "rolling-out", "active", "superseded", "rolled-back", "failed"]),
  model: z.string(),
  modelVersion: z.string(),
  revision: z.object({ id: z.string(), number: z.number() }),
  plan: z.object({ number: z.number() }),
  /** Digest of the environment that the model was made in. */
  pythonEnvironment: digestSchema.nullable(),
  createdAt: timeSchema,
  activatedAt: timeSchema.nullable(),
  endedAt: timeSchema.nullable(),
  createdBy: principalRefSchema,
  message: z.string().nullable(),
});
export type Release = z.infer<typeof releaseSchema>;

export const deploymentSchema = z.object({
  id: z.string(),
  project: z.string(),
  environment: z.string(),
  name: z.string(),
  kind: z.enum(["online", "batch", "pipeline"]),
  health: z.enum(["healthy", "degraded", "down", "empty"]),
  healthReason: z.string(),
  url: z.string(),
  active: releaseSchema.nullable(),
  rollout: rolloutSchema.nullable(),
  weights: z.array(z.object({ release: z.number(), modelVersion: z.string(), weight: z.number() })),
  /** The last five minutes. */
  now: z.object({
    requestsPerMinute: z.number(),
    errorRate: z.number(),
    p50Ms: z.number().nullable(),
    p95Ms: z.number().nullable(),
    p99Ms: z.number().nullable(),
  }),
  updatedAt: timeSchema,
});
export type Deployment = z.infer<typeof deploymentSchema>;

export const deploymentDetailSchema = deploymentSchema.extend({
  releases: z.array(releaseSchema),
  slo: z.object({ availability: z.number().optional(), p99Ms: z.number().optional() }),
  inputExample: z.unknown().nullable(),
  signature: z
    .object({ inputs: z.array(z.object({ name: z.string(), type: z.string(), required: z.boolean() })) })
    .nullable(),
  /** A command that works as printed once `PAVE_TOKEN` is set. */
  curl: z.string(),
  /** Which bounds hold for the process of a model of Python; null for others, and where no gateway has told. */
  isolation: attemptIsolationSchema.nullable(),
  rollback: z.object({ allowed: z.boolean(), toModelVersion: z.string().nullable(), reason: z.string().nullable() }),
});
export type DeploymentDetail = z.infer<typeof deploymentDetailSchema>;

/** Requests by window and model version: what the traffic and latency charts draw. */
export const trafficSchema = z.object({
  windowSeconds: z.number(),
  series: z.array(
    z.object({
      modelVersion: z.string(),
      release: z.number(),
      points: z.array(
        z.object({
          start: timeSchema,
          requests: z.number(),
          rows: z.number(),
          errors4xx: z.number(),
          errors5xx: z.number(),
          p50Ms: z.number().nullable(),
          p95Ms: z.number().nullable(),
          p99Ms: z.number().nullable(),
        }),
      ),
    }),
  ),
  markers: z.array(z.object({ at: timeSchema, text: z.string() })),
});
export type Traffic = z.infer<typeof trafficSchema>;

export const environmentSummarySchema = z.object({
  name: z.string(),
  description: z.string(),
  after: z.string().nullable(),
  version: z.number(),
  approvals: z.object({ roles: z.array(z.string()), quorum: z.number(), selfApproval: z.boolean() }),
  gates: z.array(
    z.object({ check: z.string(), when: z.string().nullable(), message: z.string().nullable(), mode: z.string() }),
  ),
  frozen: z.string().nullable(),
});

export const environmentSchema = environmentSummarySchema.extend({
  /** Its YAML, as it was given. */
  source: z.string(),
  /** What it says, with all defaults filled in. */
  spec: environmentSpecSchema,
  updatedAt: timeSchema,
});
export type Environment = z.infer<typeof environmentSchema>;

export const resourceSchema = z.object({
  id: z.string(),
  project: z.string(),
  environment: z.string(),
  type: z.string(),
  name: z.string(),
  class: z.string(),
  state: z.enum(["ready", "failed", "deleted"]),
  outputs: z.record(z.string(), z.string()),
  createdAt: timeSchema,
});
