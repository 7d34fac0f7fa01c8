import { z } from "zod";
import { timeSchema } from "../common.ts";

const count = z.number().int();

/** What a dry run found that can go. */
export const collectionFindingsSchema = z.object({
  projects: z.array(
    z.object({
      project: z.string(),
      runs: count,
      /** Not deleted, but older than the project says that it keeps any: they are deleted first, and go after that time. */
      outlivedRuns: count,
      loggedModels: count,
      experiments: count,
      /** Files of deleted versions of registered models. */
      versions: count,
    }),
  ),
  /** Deleted runs that stay, since a registered version or a logged model came from them. */
  kept: count,
  /** Distinct contents that nothing will name. */
  blobs: count,
  bytes: count,
  largest: z.array(z.object({ digest: z.string(), bytes: count, store: z.string(), file: z.string().nullable() })),
});
export type CollectionFindings = z.infer<typeof collectionFindingsSchema>;

export const collectionRemovedSchema = z.object({
  outlivedRuns: count,
  runs: count,
  loggedModels: count,
  experiments: count,
  versions: count,
  blobs: count,
  bytes: count,
  /** Uploads in parts that nobody ended. */
  uploads: count,
});
export type CollectionRemoved = z.infer<typeof collectionRemovedSchema>;

/** A look through what nothing needs any more, and the removal of it. */
export const collectionSchema = z.object({
  id: z.string(),
  kind: z.enum(["dry-run", "manual", "scheduled"]),
  state: z.enum(["requested", "running", "succeeded", "failed"]),
  requestedBy: z.string().nullable(),
  /** The phase that it is at. */
  progress: z.string().nullable(),
  found: collectionFindingsSchema.nullable(),
  removed: collectionRemovedSchema.nullable(),
  error: z.object({ message: z.string(), fix: z.string().nullable() }).nullable(),
  createdAt: timeSchema,
  startedAt: timeSchema.nullable(),
  finishedAt: timeSchema.nullable(),
});
export type Collection = z.infer<typeof collectionSchema>;

/** How long a project keeps what; null: what the platform's settings say. */
export const retentionInputSchema = z.object({
  /** Deleted experiments, runs, logged models and versions can be restored for so long. */
  deletedDays: z.number().int().min(0).max(3650).nullable(),
  /** Runs that are over are deleted when they are so old; null: never. */
  runDays: z.number().int().min(1).max(3650).nullable(),
});
export const retentionSchema = retentionInputSchema.extend({ effectiveDeletedDays: count });
export type Retention = z.infer<typeof retentionSchema>;
