import { z } from "zod";
import { digestSchema, principalRefSchema, timeSchema } from "../common.ts";

export const ledgerEventSchema = z.object({
  id: z.string(),
  position: z.number().nullable(),
  time: timeSchema,
  type: z.string(),
  principal: principalRefSchema,
  principalKind: z.enum(["person", "agent", "schedule", "alert", "system"]),
  project: z.string().nullable(),
  subjectType: z.string(),
  subjectId: z.string(),
  planHash: z.string().nullable(),
  correlationId: z.string().nullable(),
  causeId: z.string().nullable(),
  result: z.string(),
  data: z.record(z.string(), z.unknown()),
  hash: digestSchema.nullable(),
});
export type LedgerEvent = z.infer<typeof ledgerEventSchema>;

/** A signed statement: after `position` events the chain's hash was `hash`. */
export const checkpointSchema = z.object({
  position: z.number(),
  hash: digestSchema,
  time: timeSchema,
  keyId: z.string(),
  signature: z.string(),
});
export type Checkpoint = z.infer<typeof checkpointSchema>;

export const ledgerStatusSchema = z.object({
  events: z.number(),
  sealed: z.number(),
  head: digestSchema.nullable(),
  checkpoint: checkpointSchema.nullable(),
  publicKey: z.string(),
});
