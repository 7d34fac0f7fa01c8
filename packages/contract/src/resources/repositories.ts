import { z } from "zod";
import { nameSchema, principalRefSchema, timeSchema } from "../common.ts";

export const repositoryProviders = ["github", "gitlab", "gitea"] as const;
export type RepositoryProvider = (typeof repositoryProviders)[number];

/** received: waits to be fetched · running: its pipeline runs · releasing: its plan is judged or applied · superseded: a later push came */
export const pushStateSchema = z.enum(["received", "running", "releasing", "succeeded", "failed", "superseded"]);

export const repositorySchema = z.object({
  id: z.string(),
  provider: z.enum(repositoryProviders),
  url: z.string(),
  folder: z.string(),
  branch: z.string(),
  pipeline: z.string().nullable(),
  deployTo: z.string().nullable(),
  /** Where the host is to send its pushes. */
  webhookUrl: z.string(),
  /** Without one, only public repositories can be fetched, and no commit statuses are posted. */
  hasAccessToken: z.boolean(),
  /** The service account as which pushes act. */
  actsAs: principalRefSchema,
  createdAt: timeSchema,
  createdBy: principalRefSchema,
});
export type Repository = z.infer<typeof repositorySchema>;

export const repositoryPushSchema = z.object({
  id: z.string(),
  branch: z.string(),
  commit: z.string(),
  message: z.string(),
  author: z.string(),
  state: pushStateSchema,
  /** What came of it, or what it waits for, in words. */
  detail: z.string(),
  revision: z.number().nullable(),
  run: z.number().nullable(),
  plan: z.number().nullable(),
  receivedAt: timeSchema,
  finishedAt: timeSchema.nullable(),
  /** Whether the host has been told; null: it is not told, as there is no access token. */
  status: z.object({ posted: z.boolean(), error: z.string().nullable() }).nullable(),
});
export type RepositoryPush = z.infer<typeof repositoryPushSchema>;

const branchName = z
  .string()
  .min(1)
  .max(250)
  // what git check-ref-format refuses
  .regex(/^(?![-/.])(?!.*(\.\.|\/\/|@\{|\.lock$|[/.]$))[^\p{Cc} ~^:?*[\\]+$/u, "must be the name of a branch");

export const connectRepositoryBody = z.object({
  provider: z.enum(repositoryProviders),
  /** To fetch from: `https://github.com/org/repository`, without a name and a password. */
  url: z.url({ protocol: /^https?$/ }).max(500),
  /** Of the project in the repository. */
  folder: z
    .string()
    .max(500)
    .regex(
      /^$|^(?!\.{1,2}(\/|$))[^/\\\p{Cc}]+(\/(?!\.{1,2}(\/|$))[^/\\\p{Cc}]+)*$/u,
      "must be a path within the repository",
    )
    .default(""),
  branch: branchName.default("main"),
  pipeline: nameSchema.nullable().default(null),
  deployTo: nameSchema.nullable().default(null),
  /** Write-only. May read the repository and write commit statuses. */
  accessToken: z.string().min(1).max(1000).optional(),
});
