import { z } from "zod";
import { digestSchema, timeSchema } from "../common.ts";
import { limits } from "./import-limits.ts";
import { newModelNameSchema } from "./models.ts";

/*
 * What `pave import` sends: records of a server of MLflow under the ids that they have there. Whoever sends them has
 * read them from elsewhere, so every text and number has its limit here.
 */

/** Text that a database takes. */
const text = (most: number) =>
  z
    .string()
    .max(most, `has more than ${most} characters`)
    .refine((value) => !value.includes("\0") && value.isWellFormed(), {
      message: "has a NUL or half a character in it",
    });
const key = text(limits.key).min(1, "must not be empty");
const plainKey = key.regex(/^[/\w.\- :]*$/, "may have letters, digits, _ - . : / and spaces only");
const pairs = (most: number) => z.record(key, text(most));
const millis = z.number().int().min(0).max(8.64e15);
const whole = z.number().int();
/** Infinite numbers and those that are none come by name: JSON has no sign for them. */
const double = z.union([z.number(), z.enum(["NaN", "Infinity", "-Infinity"])]);
/** Of the record at the source, so that one that is the same there is left alone here. */
const digest = digestSchema;

export const importRunIdSchema = z.string().regex(/^[0-9a-f]{32}$/, "is no id of a run: expected 32 hex digits");
export const importModelIdSchema = z.string().regex(/^m-[0-9a-f]{32}$/, "is no id of a logged model");
const versionNumber = whole.min(1).max(999_999_999);

export const importKinds = ["experiment", "run", "logged-model", "model", "model-version"] as const;
export const importKindSchema = z.enum(importKinds);
export type ImportKind = (typeof importKinds)[number];

/** How far a thing is: its record is here · its files and points too · all of it, and it is shown. */
export const importStates = ["begun", "copied", "finished"] as const;
export type ImportState = (typeof importStates)[number];

export const startImportBody = z.object({ source: text(2000).min(1), version: text(100) });

export const importItemsBody = z.object({
  source: text(2000),
  kind: importKindSchema,
  keys: z.array(text(600)).max(limits.page),
});
export const importItemsSchema = z.object({
  items: z.array(z.object({ key: z.string(), state: z.enum(importStates), digest: z.string() })),
});

export const importExperimentBody = z.object({
  id: text(64).min(1),
  name: text(500).min(1),
  tags: pairs(limits.experimentTag),
  isDeleted: z.boolean(),
  createdAt: millis.nullable(),
  updatedAt: millis.nullable(),
  digest,
});
export const importedExperimentSchema = z.object({
  experimentId: z.number(),
  state: z.enum(["new", "changed", "same", "joined"]),
});

export const importDatasetSchema = z.object({
  name: text(500),
  digest: text(64),
  sourceType: text(1000),
  source: text(limits.datasetSource),
  schema: text(limits.datasetSchema).nullable(),
  profile: text(limits.datasetProfile).nullable(),
  tags: pairs(500),
});
export const importRunSchema = z.object({
  runId: importRunIdSchema,
  experimentId: whole.positive(),
  name: text(limits.tag),
  userName: text(256),
  status: z.enum(["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"]),
  startTime: millis,
  endTime: millis.nullable(),
  isDeleted: z.boolean(),
  params: z.record(plainKey, text(limits.param)),
  tags: pairs(limits.tag),
  datasets: z.array(importDatasetSchema).max(1000),
});
export type ImportRun = z.input<typeof importRunSchema>;
/** A thing that is there twice cannot be put in one statement, nor is it clear which of both is meant. */
const eachOnce = (runs: readonly { readonly runId: string }[]): boolean =>
  new Set(runs.map(({ runId }) => runId)).size === runs.length;
const twice = { message: "has the same run twice" };
export const importRunsBody = z.object({
  runs: z.array(importRunSchema).min(1).max(limits.page).refine(eachOnce, twice),
});
export const importedRunsSchema = z.object({
  /** Those that stay out, each with its reason in words; all others are begun. */
  skipped: z.array(z.object({ runId: z.string(), reason: z.string() })),
});

export const importPointsBody = z
  .object({
    series: z
      .array(
        z.object({
          runId: importRunIdSchema,
          key: plainKey,
          steps: z.array(whole),
          times: z.array(millis),
          values: z.array(double),
        }),
      )
      .max(limits.points),
  })
  .refine(({ series }) => series.reduce((sum, { steps }) => sum + steps.length, 0) <= limits.points, {
    message: `has more than ${limits.points} points`,
  })
  .refine(
    ({ series }) =>
      series.every(({ steps, times, values }) => steps.length === times.length && times.length === values.length),
    { message: "a series must have as many steps as times and values" },
  );
export type ImportPoints = z.input<typeof importPointsBody>;

/** `run/ID`, `model/ID` or, for a version whose files lie nowhere else, `version/NAME/NUMBER`. */
const root = text(400).regex(
  /^(run\/[0-9a-f]{32}|model\/m-[0-9a-f]{32}|version\/[^/:]{1,256}\/[1-9]\d{0,8})$/,
  "expected run/ID, model/ID or version/NAME/NUMBER",
);
export const importFilesQuery = z.object({ root });
export const importedFilesSchema = z.object({ items: z.array(z.object({ path: z.string(), size: z.number() })) });
export const importFileQuery = z.object({
  root,
  path: text(1000).min(1),
  size: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional(),
});

/** Of a file whose bytes whoever copies has, so that it knows their digest beforehand. */
export const nameFileBody = z.object({
  root,
  path: text(1000).min(1),
  size: whole.min(0),
  digest,
});
export const namedFileSchema = z.object({
  /** False where its bytes have to be sent. */
  isHere: z.boolean(),
});

export const importMarksBody = z.object({
  runs: z
    .array(z.object({ runId: importRunIdSchema, digest }))
    .min(1)
    .max(limits.page)
    .refine(eachOnce, twice),
});
const link = z.object({
  modelId: importModelIdSchema,
  direction: z.enum(["input", "output"]),
  step: whole,
});
export const finishRunsBody = z.object({
  runs: z
    .array(z.object({ runId: importRunIdSchema, isDeleted: z.boolean(), models: z.array(link).max(1000) }))
    .min(1)
    .max(limits.finish)
    .refine(eachOnce, twice),
});
export const finishedRunsSchema = z.object({
  /** Runs that name a logged model which is not here, or not yet. */
  unlinked: z.array(z.string()),
});

export const importLoggedModelBody = z.object({
  modelId: importModelIdSchema,
  experimentId: whole.positive(),
  name: text(500).min(1),
  modelType: text(500),
  status: z.enum(["PENDING", "READY", "UPLOAD_FAILED"]),
  statusMessage: text(limits.tag),
  sourceRunId: importRunIdSchema.nullable(),
  createdAt: millis,
  updatedAt: millis,
  params: pairs(limits.param),
  tags: pairs(limits.registryTag),
  metrics: z
    .array(
      z.object({
        key: plainKey,
        value: double,
        step: whole,
        timestamp: millis,
        runId: importRunIdSchema,
        datasetName: text(500),
        datasetDigest: text(64),
      }),
    )
    .max(100_000),
});
export type ImportLoggedModel = z.input<typeof importLoggedModelBody>;
export const importedSchema = z.object({ skipped: z.string().nullable() });
export const finishLoggedModelBody = z.object({ modelId: importModelIdSchema, isDeleted: z.boolean(), digest });

export const importModelBody = z.object({
  name: newModelNameSchema,
  description: text(limits.registryTag),
  tags: pairs(limits.registryTag),
  createdAt: millis,
  updatedAt: millis,
});
export const finishModelBody = z.object({
  name: newModelNameSchema,
  aliases: z.record(z.string().regex(/^[\w-]{1,255}$/), versionNumber),
  updatedAt: millis,
  digest,
});
export const finishedModelSchema = z.object({
  /** Aliases that stay out, each with its reason in words. */
  skipped: z.array(z.object({ alias: z.string(), reason: z.string() })),
});

export const importVersionBody = z.object({
  name: newModelNameSchema,
  version: versionNumber,
  source: text(2000),
  /** Where its files are here: below a run or logged model, sent for it alone, or those of another version. */
  files: z.union([
    z.object({ root, path: text(1000) }),
    z.object({ name: newModelNameSchema, version: versionNumber }),
  ]),
  runId: importRunIdSchema.nullable(),
  modelId: importModelIdSchema.nullable(),
  runLink: text(2000),
  description: text(limits.registryTag),
  stage: z.enum(["None", "Staging", "Production", "Archived"]),
  userName: text(256),
  createdAt: millis,
  updatedAt: millis,
  tags: pairs(limits.registryTag),
  digest,
});
export type ImportVersion = z.input<typeof importVersionBody>;

const counts = z.object({ copied: z.number(), there: z.number(), changed: z.number(), skipped: z.number() });
export const importReportSchema = z.object({
  counts: z.record(z.string(), counts),
  /** The first of them; `counts` has all. */
  skipped: z.array(z.object({ kind: text(50), name: text(1000), reason: text(2000) })).max(1000),
  notes: z.array(text(2000)).max(100),
});
export type ImportReport = z.infer<typeof importReportSchema>;
export const endImportBody = z.object({ result: z.enum(["done", "stopped"]), report: importReportSchema });

export const importSchema = z.object({
  id: z.string(),
  source: z.string(),
  /** Of the server that was read. */
  sourceVersion: z.string(),
  state: z.enum(["running", "done", "stopped"]),
  by: z.string(),
  startedAt: timeSchema,
  lastAt: timeSchema,
  report: importReportSchema.nullable(),
});
export type Import = z.infer<typeof importSchema>;
