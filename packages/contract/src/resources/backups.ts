import { z } from "zod";
import { timeSchema } from "../common.ts";

const progressSchema = z.object({ text: z.string(), done: z.number(), total: z.number() });
const failureSchema = z.object({ message: z.string(), fix: z.string().nullable() });

/** A look at a backup: all of its bytes, or a whole restore on the side. */
export const backupCheckSchema = z.object({
  id: z.string(),
  backup: z.string(),
  kind: z.enum(["verify", "drill"]),
  cause: z.enum(["manual", "scheduled"]),
  state: z.enum(["requested", "running", "passed", "failed"]),
  progress: progressSchema.nullable(),
  /** What was found to be so. */
  findings: z.array(z.string()),
  error: failureSchema.nullable(),
  createdAt: timeSchema,
  finishedAt: timeSchema.nullable(),
});
export type BackupCheck = z.infer<typeof backupCheckSchema>;

/** What a finished backup holds. */
export const backupSummarySchema = z.object({
  pave: z.string(),
  migration: z.number(),
  /** Of its own folder, and of all the bytes that it needs from the shared one. */
  bytes: z.number(),
  newBytes: z.number(),
  tables: z.number(),
  rows: z.number(),
  blobs: z.number(),
  newBlobs: z.number(),
  files: z.number(),
  events: z.number(),
  encrypted: z.enum(["no", "recipient", "passphrase"]),
  warnings: z.array(z.string()),
});
export type BackupSummary = z.infer<typeof backupSummarySchema>;

export const backupSchema = z.object({
  id: z.string(),
  /** `found`: lay in the folder, made by another platform or by `pave backup --to`. */
  kind: z.enum(["manual", "scheduled", "found"]),
  state: z.enum(["requested", "running", "succeeded", "failed", "removing", "removed"]),
  requestedBy: z.string().nullable(),
  progress: progressSchema.nullable(),
  error: failureSchema.nullable(),
  summary: backupSummarySchema.nullable(),
  createdAt: timeSchema,
  startedAt: timeSchema.nullable(),
  finishedAt: timeSchema.nullable(),
  lastCheck: backupCheckSchema.nullable(),
});
export type Backup = z.infer<typeof backupSchema>;

export const backupSettingsSchema = z.object({
  folder: z.string(),
  /** As PAVE_BACKUP_SCHEDULE says it. */
  schedule: z.string(),
  nextAt: timeSchema.nullable(),
  keepDaily: z.number(),
  keepWeekly: z.number(),
  encryption: z.enum(["no", "recipient", "passphrase"]),
  drillEvery: z.string(),
  nextDrillAt: timeSchema.nullable(),
});
export type BackupSettings = z.infer<typeof backupSettingsSchema>;
