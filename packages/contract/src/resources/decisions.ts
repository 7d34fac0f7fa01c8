import { z } from "zod";
import { principalRefSchema } from "../common.ts";
import { roleSchema } from "./access.ts";

/** One rule that spoke for or against. */
export const decisionReasonSchema = z.object({
  rule: z.enum([
    "platform",
    "disabled",
    "token-scopes",
    "token-project",
    "machine",
    "everybody",
    "platform-admin",
    "role",
    "plan-state",
    "environment",
    "author",
    "kind",
  ]),
  allows: z.boolean(),
  text: z.string(),
});
export type DecisionReason = z.infer<typeof decisionReasonSchema>;

export const accessExplanationSchema = z.object({
  who: principalRefSchema,
  action: z.string(),
  /** What the action lets one do. */
  lets: z.string(),
  /** What it is asked about, in words: `project flights`, `plan 12 of flights`, `the platform`. */
  on: z.string(),
  allowed: z.boolean(),
  reasons: z.array(decisionReasonSchema),
  /** What would turn a no into a yes, and who can do that; empty where it is a yes. */
  changes: z.array(z.object({ what: z.string(), who: z.array(z.string()) })),
});
export type AccessExplanation = z.infer<typeof accessExplanationSchema>;

/** Somebody with the roles that reach this project, and where each comes from. */
export const accessEntrySchema = z.object({
  principal: principalRefSchema,
  roles: z.array(
    z.object({
      role: roleSchema,
      /** `member`, `platform admin`, or the team whose role it is. */
      via: z.string(),
    }),
  ),
  permissions: z.array(z.string()),
});
export type AccessEntry = z.infer<typeof accessEntrySchema>;

export const explainAccessQuery = z.object({
  /** A principal's name or id; absent: oneself. */
  who: z.string().max(200).optional(),
  action: z.string().max(100),
  project: z.string().max(200).optional(),
  plan: z.coerce.number().int().positive().optional(),
});
