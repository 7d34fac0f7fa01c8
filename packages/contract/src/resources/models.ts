import { z } from "zod";
import { digestSchema, metricsSchema, principalRefSchema, timeSchema } from "../common.ts";
import { profileFlagSchema } from "../drift/profile/reference-profile.ts";
import { releaseSchema } from "./deployments.ts";
import { artifactSchema } from "./runs.ts";

/** A release of a model version: where it went, and what became of it there. */
export const versionReleaseSchema = z.object({
  environment: z.string(),
  deployment: z.string(),
  number: z.number(),
  state: releaseSchema.shape.state,
  createdAt: timeSchema,
  /** Null where it never served. */
  activatedAt: timeSchema.nullable(),
  /** Null of one that serves, or is about to. */
  endedAt: timeSchema.nullable(),
});
export type VersionRelease = z.infer<typeof versionReleaseSchema>;

/** What a model may be called, as in MLflow. */
export const newModelNameSchema = z
  .string()
  .min(1)
  .max(256)
  .refine((name) => !/[/:\p{Cc}]/u.test(name) && name.isWellFormed(), {
    message: "must not have /, : or control characters in it",
  });

export const signatureColumnSchema = z.object({ name: z.string(), type: z.string(), required: z.boolean() });

export const modelSchema = z.object({
  name: z.string(),
  project: z.string(),
  description: z.string(),
  createdAt: timeSchema,
  aliases: z.record(z.string(), z.string()),
  latestVersion: z.string().nullable(),
  versions: z.number(),
});

export const modelVersionSummarySchema = z.object({
  name: z.string(),
  version: z.string(),
  project: z.string(),
  createdAt: timeSchema,
  createdBy: principalRefSchema,
  aliases: z.array(z.string()),
  status: z.enum(["READY", "PENDING_REGISTRATION", "FAILED_REGISTRATION"]),
  metrics: metricsSchema,
  run: z.object({ number: z.number() }).nullable(),
  digest: digestSchema,
  bytes: z.number(),
  live: z.array(z.object({ environment: z.string(), deployment: z.string() })),
});

export const modelVersionSchema = modelVersionSummarySchema.extend({
  description: z.string(),
  tags: z.record(z.string(), z.string()),
  signature: z.object({ inputs: z.array(signatureColumnSchema), outputs: z.array(signatureColumnSchema) }).nullable(),
  inputExample: z.unknown().nullable(),
  /** What the model was checked with at registration. */
  check: z
    .object({
      rows: z.number(),
      maxDifference: z.number().nullable(),
      loadMs: z.number().nullable(),
      p50Ms: z.number().nullable(),
    })
    .nullable(),
  /** How far serving is with it: what a client registered is loaded and scored by a runner; only what passed can be released. */
  serving: z.object({
    state: z.enum(["none", "running", "passed", "failed"]),
    /** One sentence about the model, where it failed. */
    problem: z.string().nullable(),
  }),
  card: z.string().nullable(),
  artifact: artifactSchema,
  evaluation: z
    .object({
      artifact: artifactSchema.nullable(),
      testDigest: digestSchema.nullable(),
      report: z.unknown().nullable(),
    })
    .nullable(),
  /** As clients of MLflow 2 keep it; aliases have taken its place. */
  stage: z.enum(["None", "Staging", "Production", "Archived"]),
  /** Its newest releases in the project, whatever became of them; at most 50. */
  releases: z.array(versionReleaseSchema),
  lineage: z.object({
    run: z.object({ number: z.number(), pipeline: z.string() }).nullable(),
    /** The run that logged it, with what the client said of its code and data. */
    trackedRun: z
      .object({
        id: z.string(),
        name: z.string(),
        commit: z.string().nullable(),
        repository: z.string().nullable(),
        datasets: z.array(z.object({ name: z.string(), digest: z.string() })),
      })
      .nullable(),
    loggedModel: z.string().nullable(),
    revision: z
      .object({ id: z.string(), number: z.number(), digest: digestSchema, git: z.unknown().nullable() })
      .nullable(),
    datasets: z.array(z.object({ name: z.string(), digest: digestSchema, rows: z.number().nullable() })),
    pythonEnvironment: digestSchema.nullable(),
    components: z.array(z.object({ step: z.string(), uses: z.string(), digest: digestSchema })),
  }),
});
export type ModelVersion = z.infer<typeof modelVersionSchema>;

/** A column of what the model was trained on, or its answers, for a chart. */
export const profiledColumnSchema = z.object({
  column: z.string(),
  kind: z.enum(["numeric", "categorical", "boolean"]),
  /** Share of rows without a value; null where there is no row. */
  missing: z.number().nullable(),
  /** What keeps it from being compared, or how it was counted. */
  flags: z.array(profileFlagSchema),
  bars: z.array(z.object({ label: z.string(), share: z.number() })),
  /** Of many categories those that have no bar here; null where all have. */
  rest: z.object({ categories: z.number().nullable(), share: z.number() }).nullable(),
  /** Null of categories, and where there is no number. */
  numbers: z.object({ mean: z.number(), deviation: z.number(), min: z.number(), max: z.number() }).nullable(),
});
export type ProfiledColumn = z.infer<typeof profiledColumnSchema>;

/** What drift of the version is measured against. */
export const versionProfileSchema = z.object({
  /** `none`: there is none and will be none; `message` says why. */
  state: z.enum(["none", "making", "ready", "failed"]),
  message: z.string(),
  rows: z.number(),
  /** Of which rows the answers are. */
  predictions: z.enum(["held-out", "training", "none"]),
  prediction: profiledColumnSchema.nullable(),
  columns: z.array(profiledColumnSchema),
});
export type VersionProfile = z.infer<typeof versionProfileSchema>;

/** One change of an alias, as the ledger has it. */
export const aliasChangeSchema = z.object({
  /** Of the ledger's event. */
  event: z.string(),
  alias: z.string(),
  /** Null: the alias was removed. */
  version: z.string().nullable(),
  /** What it named until then; null: nothing. */
  before: z.string().nullable(),
  at: timeSchema,
  by: principalRefSchema,
});
export type AliasChange = z.infer<typeof aliasChangeSchema>;

/** What rows of a comparison are about, in the order that they are shown in. */
export const comparisonGroups = [
  "metrics",
  "params",
  "signature",
  "data",
  "code",
  "environment",
  "run",
  "files",
] as const;

const comparedSchema = z.union([z.number(), z.string()]).nullable();

export const versionComparisonSchema = z.object({
  left: modelVersionSummarySchema,
  right: modelVersionSummarySchema,
  /** Those that differ first, each part in the order of the groups. */
  rows: z.array(
    z.object({
      group: z.enum(comparisonGroups),
      name: z.string(),
      /** Null: this version has none. */
      left: comparedSchema,
      right: comparedSchema,
      differs: z.boolean(),
    }),
  ),
});
export type VersionComparison = z.infer<typeof versionComparisonSchema>;
