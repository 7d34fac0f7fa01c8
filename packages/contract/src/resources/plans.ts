import { z } from "zod";
import { digestSchema, metricsSchema, nameSchema, principalRefSchema, timeSchema } from "../common.ts";

/**
 * evaluating: evidence is being made (the champion is scored on the candidate's test set)
 * blocked: a gate failed or is in error · open: waits for approvals · ready: may be applied
 * stale: something it read has moved; recompute · applying/applied/failed(undone) · rejected · cancelled
 */
export const planStates = [
  "evaluating",
  "blocked",
  "open",
  "ready",
  "stale",
  "applying",
  "applied",
  "failed",
  "rejected",
  "cancelled",
] as const;
export const planStateSchema = z.enum(planStates);
export type PlanState = z.infer<typeof planStateSchema>;

export const planActionSchema = z.object({
  id: z.string(),
  kind: z.string(),
  /** The thing that changes. */
  subject: z.string(),
  /** What will happen, in words. */
  title: z.string(),
  /** Why it is in the plan. */
  reason: z.string(),
  /** How it is undone. */
  undo: z.string(),
  change: z.enum(["create", "update", "delete", "none"]),
  before: z.unknown().nullable(),
  after: z.unknown().nullable(),
  state: z.enum(["planned", "applying", "applied", "failed", "undone"]),
  error: z.string().nullable(),
});
export type PlanAction = z.infer<typeof planActionSchema>;

export const gateVerdictSchema = z.object({
  check: z.string(),
  when: z.string().nullable(),
  message: z.string().nullable(),
  mode: z.enum(["prevent", "warn"]),
  /** Whose rule it is: `environment production` or `project`. */
  origin: z.string(),
  verdict: z.enum(["pass", "fail", "notApplicable", "error"]),
  /** The numbers it saw, or why it could not be evaluated. */
  detail: z.string(),
});
export type GateVerdict = z.infer<typeof gateVerdictSchema>;

export const approvalSchema = z.object({
  principal: principalRefSchema,
  decision: z.enum(["approved", "rejected"]),
  comment: z.string(),
  at: timeSchema,
  carriedOver: z.boolean(),
});

export const planSummarySchema = z.object({
  id: z.string(),
  number: z.number(),
  /** Null: the platform's own plan, such as a change of an environment; these are numbered on their own. */
  project: z.string().nullable(),
  environment: z.string(),
  title: z.string(),
  state: planStateSchema,
  author: principalRefSchema,
  createdAt: timeSchema,
  approvals: z.object({ given: z.number(), needed: z.number() }),
});
export type PlanSummary = z.infer<typeof planSummarySchema>;

/** What keeping deployments alive for a month takes; null where something was not measured. */
const footprintSchema = z.object({ costPerMonthUsd: z.number().nullable(), gramsCo2ePerMonth: z.number().nullable() });
export type Footprint = z.infer<typeof footprintSchema>;

/** Of the deployments that a release plan changes, as they will be. */
export const planEstimateSchema = footprintSchema.extend({
  /** What it was computed from, in a sentence. */
  method: z.string(),
  /** The same deployments as they are; null where nothing runs yet. */
  now: footprintSchema.nullable(),
  /** What scoring the champion for this plan took, once; null where that was not needed or is not over. */
  once: z.object({ costUsd: z.number(), gramsCo2e: z.number() }).nullable(),
});
export type PlanEstimate = z.infer<typeof planEstimateSchema>;

export const planSchema = planSummarySchema.extend({
  hash: digestSchema,
  actions: z.array(planActionSchema),
  verdicts: z.array(gateVerdictSchema),
  approvalRule: z.object({ roles: z.array(z.string()), quorum: z.number(), selfApproval: z.boolean() }),
  approvalList: z.array(approvalSchema),
  /** What the signed-in principal may do now, with the reason where not. */
  mayApprove: z.object({ allowed: z.boolean(), reason: z.string().nullable() }),
  mayApply: z.object({ allowed: z.boolean(), reason: z.string().nullable() }),
  /** Candidate against what runs now. */
  candidate: z.object({ model: z.string(), version: z.string(), metrics: metricsSchema }).nullable(),
  champion: z.object({ model: z.string(), version: z.string(), metrics: metricsSchema }).nullable(),
  /** Shown, not hashed: as it was when the plan was computed. Null for plans that release nothing. */
  estimate: planEstimateSchema.nullable(),
  reads: z.array(z.object({ thing: z.string(), version: z.string() })),
  staleBecause: z.array(z.string()),
  supersededBy: z.number().nullable(),
  undoOf: z.number().nullable(),
  message: z.string().nullable(),
  release: z.object({ deploymentId: z.string(), number: z.number(), state: z.string() }).nullable(),
  appliedAt: timeSchema.nullable(),
  appliedBy: principalRefSchema.nullable(),
});
export type Plan = z.infer<typeof planSchema>;

export const createPlanBody = z.object({
  environment: nameSchema,
  /** `gates`: only put the gates of a revision in force, without a release. */
  kind: z.enum(["release", "gates"]).default("release"),
  /** Id, number or `latest`, which is the one pushed last and meant when absent. With `from`: the one that runs there. */
  revision: z.string().optional(),
  /** Release what runs in this environment (promote). Absent: the newest registered versions. */
  from: nameSchema.optional(),
  /**
   * `name@version`, `name@alias`; absent: the newest READY version of each served model. `models:/name@alias` and
   * `models:/name/3`, as MLflow writes them, also name models that no `serve` in pave.yaml has: each gets a deployment.
   */
  models: z.array(z.string()).optional(),
  /** What the deployment of such a model is called; the model's name when absent. */
  deployment: nameSchema.optional(),
  title: z.string().max(200).optional(),
  message: z.string().max(2000).optional(),
  /** Apply at once when no approval is missing. */
  autoApply: z.boolean().default(true),
  dryRun: z.boolean().default(false),
});

export const createEnvironmentPlanBody = z.object({
  /** The whole environment as it shall be: the text of `environments/<name>.yaml`. */
  yaml: z.string().max(100_000),
  title: z.string().max(200).optional(),
  message: z.string().max(2000).optional(),
  /** Apply at once when no approval is missing. */
  autoApply: z.boolean().default(true),
  dryRun: z.boolean().default(false),
});

export const decidePlanBody = z.object({
  /** The hash that was looked at; refused if the plan is another one by now. */
  hash: digestSchema,
  comment: z.string().max(2000).default(""),
});
