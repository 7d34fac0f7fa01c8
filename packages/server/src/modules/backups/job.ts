import type { BackupSummary } from "@pave/contract";
import { z } from "zod";
import type { DatabaseAddress } from "../../db/connection.ts";

/*
 * Backups and checks of them are made by a process of their own: compressing, hashing and encrypting gigabytes must not
 * hold up the api, and a crash there costs one backup. The job comes as one line of JSON on standard input, because it may
 * hold the database's password; the answers are lines of JSON.
 */
const keys = { identityFile: z.string().optional(), passphraseFile: z.string().optional() };
const address = z.union([
  z.string(),
  z.object({
    host: z.string(),
    port: z.number(),
    user: z.string(),
    database: z.string(),
    password: z.string().optional(),
  }),
]) as z.ZodType<DatabaseAddress>;

export const jobSchema = z.discriminatedUnion("do", [
  z.object({
    do: z.literal("create"),
    /** Undefined: the one of the data folder, started for the time where no platform runs. */
    address: address.optional(),
    target: z.string(),
    id: z.string().optional(),
    recipient: z.string().optional(),
    passphraseFile: z.string().optional(),
    masterKeysFile: z.string().optional(),
    reserveBytes: z.number().optional(),
  }),
  z.object({
    do: z.literal("verify"),
    target: z.string(),
    id: z.string().optional(),
    trustKeyFile: z.string().optional(),
  }),
  z.object({
    do: z.literal("drill"),
    address: address.optional(),
    target: z.string(),
    id: z.string().optional(),
    ...keys,
  }),
  z.object({
    do: z.literal("restore"),
    target: z.string(),
    id: z.string().optional(),
    replace: z.boolean().optional(),
    trustKeyFile: z.string().optional(),
    ...keys,
  }),
]);
export type BackupJob = z.infer<typeof jobSchema>;

export interface JobProgress {
  readonly text: string;
  readonly done: number;
  readonly total: number;
}

/** What a job answers with at its end. */
export interface JobResult {
  readonly id: string;
  readonly folder?: string;
  readonly summary?: BackupSummary;
  readonly findings?: readonly string[];
}

/** Runs a job in a process of its own; throws what it throws. */
export type RunJob = (
  job: BackupJob,
  options: { readonly signal: AbortSignal; onProgress(progress: JobProgress): void },
) => Promise<JobResult>;
