import { z } from "zod";
import { timeSchema } from "../common.ts";

/**
 * preparing: gateways load the release · stepping: a canary, with a share of the traffic · paused: the same, and it goes
 * no further until somebody resumes it or there is a verdict · shifting: all traffic moves · completed · aborted: the
 * weights from before are back · failed: no traffic ever moved
 */
export const rolloutStates = ["preparing", "stepping", "paused", "shifting", "completed", "aborted", "failed"] as const;
export const rolloutStateSchema = z.enum(rolloutStates);
export type RolloutState = z.infer<typeof rolloutStateSchema>;

export const openRolloutStates = ["preparing", "stepping", "paused", "shifting"] as const satisfies RolloutState[];

/** Is traffic still on its way? */
export const isRolloutOpen = (state: RolloutState): boolean =>
  (openRolloutStates as readonly RolloutState[]).includes(state);

export const rolloutSchema = z.object({
  id: z.string(),
  /** Counts the rollouts and rollbacks of one deployment. */
  number: z.number(),
  release: z.number(),
  kind: z.enum(["immediate", "canary", "rollback"]),
  state: rolloutStateSchema,
  /** Of a canary that is on: 1 for the first, and the percent of traffic that it gives. */
  step: z.object({ number: z.number(), of: z.number(), weight: z.number() }).nullable(),
  startedAt: timeSchema,
  finishedAt: timeSchema.nullable(),
  message: z.string().nullable(),
});
export type RolloutSummary = z.infer<typeof rolloutSchema>;

/** Settings in force: the environment's, tightened by the project's. Part of the plan's action, and so of its hash. */
export const rolloutSettingsSchema = z.object({
  canary: z.array(z.number()),
  every: z.string(),
  minRequests: z.number(),
  maxWait: z.string(),
  onInconclusive: z.enum(["pause", "abort"]),
  abortWhen: z.array(z.object({ check: z.string(), origin: z.string() })),
});
export type RolloutSettings = z.infer<typeof rolloutSettingsSchema>;

/** What one of the two releases did since the step began; null where nothing was seen. */
export const rolloutSideSchema = z.object({
  release: z.number(),
  modelVersion: z.string(),
  requests: z.number(),
  errors: z.number(),
  /** Of 5xx: a caller's mistake is not the model's. */
  errorRate: z.number().nullable(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  /** Of all steps so far, in the same proportions of both releases. */
  predictionMean: z.number().nullable(),
  /** Metrics against labels that have come. */
  truth: z.record(z.string(), z.number()),
});
export type RolloutSide = z.infer<typeof rolloutSideSchema>;

/** `pass`: looked at and not true. `fail`: true, the rollout is aborted. `inconclusive`: too little is known. */
export const rolloutVerdictSchema = z.enum(["pass", "fail", "inconclusive"]);
export type RolloutVerdict = z.infer<typeof rolloutVerdictSchema>;

export const rolloutAnalysisSchema = z.object({
  at: timeSchema,
  verdict: rolloutVerdictSchema,
  /** One sentence. */
  reason: z.string(),
  candidate: rolloutSideSchema,
  stable: rolloutSideSchema,
  /** Of all steps so far. */
  predictionPsi: z.number().nullable(),
  /** How the predictions compare, or why they cannot be compared. */
  predictions: z.string(),
  conditions: z.array(
    z.object({
      check: z.string(),
      /** Whose condition it is: `environment production` or `project`. */
      origin: z.string(),
      verdict: rolloutVerdictSchema,
      /** The numbers it saw, or what is missing. */
      detail: z.string(),
    }),
  ),
});
export type RolloutAnalysis = z.infer<typeof rolloutAnalysisSchema>;

export const rolloutStepSchema = z.object({
  number: z.number(),
  weight: z.number(),
  state: z.enum(["todo", "current", "done", "aborted"]),
  startedAt: timeSchema.nullable(),
  finishedAt: timeSchema.nullable(),
  /** The last look at it; null before the first, and of the step with all of the traffic. */
  analysis: rolloutAnalysisSchema.nullable(),
});
export type RolloutStep = z.infer<typeof rolloutStepSchema>;

const maySchema = z.object({ allowed: z.boolean(), reason: z.string().nullable() });

export const rolloutDetailSchema = rolloutSchema.extend({
  project: z.string(),
  environment: z.string(),
  deployment: z.string(),
  model: z.string(),
  modelVersion: z.string(),
  /** The plan whose release it is. */
  plan: z.number().nullable(),
  stable: z.object({ release: z.number(), modelVersion: z.string() }).nullable(),
  /** Null of rollouts that move all traffic at once. */
  settings: rolloutSettingsSchema.nullable(),
  steps: z.array(rolloutStepSchema),
  /** Who paused it: a person, or the rollout itself for want of a verdict. */
  pausedBy: z.enum(["person", "inconclusive"]).nullable(),
  pausedAt: timeSchema.nullable(),
  /** When the current step has lasted long enough. */
  dueAt: timeSchema.nullable(),
  /** When it is aborted if there is no verdict by then. */
  abortsAt: timeSchema.nullable(),
  /** What the signed-in principal may do now, with the reason where not. */
  may: z.object({ pause: maySchema, resume: maySchema, abort: maySchema, promote: maySchema }),
});
export type RolloutDetail = z.infer<typeof rolloutDetailSchema>;

export const moveRolloutBody = z.object({ reason: z.string().max(2000).default("") });
