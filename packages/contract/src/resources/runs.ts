import { z } from "zod";
import { digestSchema, metricsSchema, nameSchema, principalRefSchema, timeSchema } from "../common.ts";
import { artifactTypeSchema } from "../spec/component-spec.ts";
import { datasetVersionSchema } from "./connections.ts";
import { attemptIsolationSchema } from "./isolation.ts";
import { fileEntrySchema } from "./projects.ts";

export const runStates = ["queued", "running", "succeeded", "failed", "cancelled"] as const;
export const stepStates = ["pending", "ready", "running", "succeeded", "failed", "skipped", "cancelled"] as const;
export const attemptStates = ["queued", "running", "succeeded", "failed", "cancelled"] as const;
/** Why an attempt failed. `exit` is the step's own fault, `infra` ours; retries look at these. */
export const attemptReasons = [
  "exit",
  "killed",
  "oom",
  "disk",
  "timeout",
  "no-output",
  "invalid-output",
  "environment",
  "infra",
  "cancelled",
] as const;

export const runStateSchema = z.enum(runStates);
export const stepStateSchema = z.enum(stepStates);
export const attemptStateSchema = z.enum(attemptStates);
export type RunState = z.infer<typeof runStateSchema>;
export type StepState = z.infer<typeof stepStateSchema>;
export type AttemptState = z.infer<typeof attemptStateSchema>;
export type AttemptReason = (typeof attemptReasons)[number];

/** What an attempt cost. Energy is modelled, never measured here; `energyMethod` says how. */
export const usageSchema = z.object({
  wallSeconds: z.number(),
  cpuSeconds: z.number(),
  peakMemoryBytes: z.number(),
  energyJoules: z.number(),
  energyMethod: z.string(),
});
export type Usage = z.infer<typeof usageSchema>;

/** Of all attempts of a run, with the carbon of its energy by the grid that the platform is set to. */
const runUsageSchema = usageSchema.extend({ gramsCo2e: z.number() });

export const artifactSchema = z.object({
  id: z.string(),
  digest: digestSchema,
  type: artifactTypeSchema,
  format: z.string().nullable(),
  name: z.string(),
  bytes: z.number(),
  files: z.array(fileEntrySchema),
  metadata: z.record(z.string(), z.unknown()),
  createdAt: timeSchema,
  run: z.object({ number: z.number(), step: z.string() }).nullable(),
});
export type Artifact = z.infer<typeof artifactSchema>;

export const attemptSchema = z.object({
  id: z.string(),
  number: z.number(),
  state: attemptStateSchema,
  reason: z.enum(attemptReasons).nullable(),
  message: z.string().nullable(),
  exitCode: z.number().nullable(),
  signal: z.string().nullable(),
  queuedAt: timeSchema,
  startedAt: timeSchema.nullable(),
  finishedAt: timeSchema.nullable(),
  usage: usageSchema.nullable(),
  /** Which bounds held; null before its step started, and for attempts from before they were recorded. */
  isolation: attemptIsolationSchema.nullable(),
  /** Its run in tracking; null of an attempt that nothing tracked. */
  trackedRun: z.string().nullable(),
  /** What one that failed left for people to read. Such are no outputs of the step: nothing is made from them. */
  reports: z.array(artifactSchema),
});

export const runStepSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(["command", "register", "approval", "gate", "wait", "release"]),
  uses: z.string(),
  state: stepStateSchema,
  needs: z.array(z.string()),
  params: z.record(z.string(), z.unknown()),
  inputs: z.record(z.string(), z.string()),
  outputs: z.array(z.object({ port: z.string(), artifact: artifactSchema.nullable() })),
  metrics: metricsSchema,
  cached: z.object({ run: z.number(), attempt: z.string() }).nullable(),
  /** Why this step was not a cache hit: the field that changed, in words. */
  cacheMiss: z.string().nullable(),
  message: z.string().nullable(),
  attempts: z.array(attemptSchema),
  startedAt: timeSchema.nullable(),
  finishedAt: timeSchema.nullable(),
});
export type RunStep = z.infer<typeof runStepSchema>;

export const runSummarySchema = z.object({
  id: z.string(),
  number: z.number(),
  project: z.string(),
  /** `evaluation`: judges a model for a plan; everything else is a pipeline of the spec. */
  kind: z.enum(["pipeline", "evaluation"]),
  pipeline: z.string(),
  state: runStateSchema,
  cancelRequested: z.boolean(),
  revision: z.object({ id: z.string(), number: z.number(), message: z.string() }),
  requestedBy: principalRefSchema,
  createdAt: timeSchema,
  startedAt: timeSchema.nullable(),
  finishedAt: timeSchema.nullable(),
  steps: z.object({ total: z.number(), done: z.number(), failed: z.number(), cached: z.number() }),
  metrics: metricsSchema,
  /** What its author said about it. */
  note: z.string().nullable(),
  /** What people read about its end: which step failed, and why. */
  message: z.string().nullable(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

export const runSchema = runSummarySchema.extend({
  /** Whose secrets and connections its steps get; null for those that belong to no environment. */
  environment: z.string().nullable(),
  vars: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  pythonEnvironment: z
    .object({ id: z.string(), digest: digestSchema.nullable(), state: z.string(), error: z.string().nullable() })
    .nullable(),
  steps: z.object({ total: z.number(), done: z.number(), failed: z.number(), cached: z.number() }),
  graph: z.array(runStepSchema),
  /** Its run in tracking, with all that it logged. */
  trackedRun: z.string().nullable(),
  /** What its steps read through connections. */
  datasets: z.array(datasetVersionSchema),
  models: z.array(z.object({ name: z.string(), version: z.string() })),
  usage: runUsageSchema.nullable(),
});
export type Run = z.infer<typeof runSchema>;

export const startRunBody = z.object({
  pipeline: z.string(),
  /** Revision id or number; the latest when absent. */
  revision: z.string().optional(),
  vars: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  message: z.string().max(2000).optional(),
  /** Ignore cached results. */
  refresh: z.boolean().default(false),
  /** Whose secrets and connections it gets; one that takes no approvals. */
  environment: nameSchema.optional(),
});

export const logChunkSchema = z.object({
  offset: z.number(),
  time: timeSchema,
  stream: z.enum(["stdout", "stderr", "system"]),
  text: z.string(),
});
export const logsSchema = z.object({
  attempt: z.string().nullable(),
  chunks: z.array(logChunkSchema),
  next: z.number(),
  finished: z.boolean(),
});
export type Logs = z.infer<typeof logsSchema>;
