import { z } from "zod";
import { pageQuerySchema, principalRefSchema, timeSchema } from "../common.ts";

/** A fact of the ledger in words, with the page about it. */
export const activitySchema = z.object({
  id: z.string(),
  at: timeSchema,
  principal: principalRefSchema,
  /** Who or what was behind it. */
  actor: z.enum(["person", "agent", "schedule", "alert", "system"]),
  type: z.string(),
  text: z.string(),
  result: z.string(),
  project: z.string().nullable(),
  href: z.string().nullable(),
  subject: z.object({ type: z.string(), id: z.string() }),
  /** Its place in the chain; null until it is sealed. */
  position: z.number().nullable(),
  hash: z.string().nullable(),
  planHash: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
});
export type Activity = z.infer<typeof activitySchema>;

export const activityQuery = pageQuerySchema.extend({
  project: z.string().max(63).optional(),
  /** Id or name of who did it. */
  principal: z.string().max(100).optional(),
  /** What a type begins with: `plan`, `plan.approved`. */
  type: z.string().max(100).optional(),
  /** Id of what it was done to. */
  subject: z.string().max(300).optional(),
  from: timeSchema.optional(),
  to: timeSchema.optional(),
  /** Also what is no news: signing in, what another fact says as well. */
  routine: z.enum(["true", "false"]).default("false"),
});

/** A page to go to by its name. */
export const jumpSchema = z.object({
  kind: z.enum(["project", "deployment", "run", "plan", "model", "environment"]),
  title: z.string(),
  detail: z.string(),
  href: z.string(),
});
export type Jump = z.infer<typeof jumpSchema>;
