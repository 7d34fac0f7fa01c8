import { z } from "zod";
import { digestSchema, timeSchema } from "../common.ts";
import type { SealedContent } from "./ledger-event.ts";

/**
 * An exported ledger is lines of JSON: a header, the sealed events in order, the checkpoints in order, and an end. The
 * end is signed like a checkpoint and says how many of each there are, so that a file that was cut has none or one that
 * does not fit.
 */
const text = z.string();
const maybe = z.string().nullable();
const count = z.number().int().min(0);
const signed = { time: timeSchema, keyId: text, signature: text };

const eventSchema = z.looseObject({
  id: text,
  time: timeSchema,
  type: text,
  principalId: text,
  principalKind: text,
  principalName: text,
  actorKind: text,
  teamId: maybe,
  projectId: maybe,
  template: maybe,
  revisionId: maybe,
  subjectType: text,
  subjectId: text,
  causeId: maybe,
  correlationId: maybe,
  planHash: maybe,
  result: text,
  data: z.unknown(),
}) satisfies z.ZodType<SealedContent>;

const lineSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("header"), publicKey: text }),
  z.strictObject({ kind: z.literal("event"), position: count.min(1), hash: digestSchema, event: eventSchema }),
  z.strictObject({ kind: z.literal("checkpoint"), position: count.min(1), hash: digestSchema, ...signed }),
  z.strictObject({ kind: z.literal("end"), events: count, checkpoints: count, head: digestSchema, ...signed }),
]);

export type LedgerLine = z.infer<typeof lineSchema>;
export type LedgerEventLine = Extract<LedgerLine, { kind: "event" }>;
export type CheckpointLine = Extract<LedgerLine, { kind: "checkpoint" }>;
export type EndLine = Extract<LedgerLine, { kind: "end" }>;

/** Undefined for whatever `writeLedgerLine` would not have written so, byte by byte. */
export function readLedgerLine(line: string): LedgerLine | undefined {
  try {
    const value: unknown = JSON.parse(line);
    // two keys of one name are read differently by different programs
    if (JSON.stringify(value) !== line) return undefined;
    return lineSchema.safeParse(value).success ? (value as LedgerLine) : undefined;
  } catch {
    return undefined;
  }
}

export const writeLedgerLine = (line: LedgerLine): string => `${JSON.stringify(line)}\n`;
