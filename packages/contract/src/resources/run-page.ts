import { z } from "zod";
import { timeSchema } from "../common.ts";
import { trackedRunSchema } from "./tracked-runs.ts";

export const trackedRunIdSchema = z.string().regex(/^[0-9a-f]{32}$/, "must be the id of a tracked run: 32 hex digits");

const otherRunSchema = trackedRunSchema.pick({
  id: true,
  kind: true,
  run: true,
  name: true,
  state: true,
  startedAt: true,
  finishedAt: true,
  metrics: true,
});
export type OtherRun = z.infer<typeof otherRunSchema>;

const latestMetricSchema = z.object({
  key: z.string(),
  /** Null where it is no number that JSON has: `text` is then `NaN`, `Infinity` or `-Infinity`. */
  value: z.number().nullable(),
  text: z.string(),
  step: z.number(),
  at: timeSchema,
  /** It was logged at more than one step, so there is a curve. */
  isCurve: z.boolean(),
});
export type LatestMetric = z.infer<typeof latestMetricSchema>;

export const runDatasetSchema = z.object({
  name: z.string(),
  digest: z.string(),
  context: z.string().nullable(),
  sourceType: z.string(),
  source: z.string(),
  /** JSON as the client gave it. */
  schema: z.string().nullable(),
  profile: z.string().nullable(),
});

export const runLoggedModelSchema = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  status: z.enum(["PENDING", "READY", "UPLOAD_FAILED"]),
  /** `input`: the run used it; `output`: it made it. */
  direction: z.enum(["input", "output"]),
  step: z.number(),
  createdAt: timeSchema,
  bytes: z.number(),
  metrics: z.array(z.object({ key: z.string(), value: z.number().nullable(), dataset: z.string() })),
  versions: z.array(z.object({ model: z.string(), version: z.string() })),
});
export type RunLoggedModel = z.infer<typeof runLoggedModelSchema>;

/** All that a tracked run has, but for its curves and files. */
export const trackedRunPageSchema = trackedRunSchema.extend({
  experimentId: z.string(),
  /** Who makes and ends it: a client, or the platform for a pipeline's run or one of its attempts. */
  owner: z.enum(["client", "pipeline", "attempt"]),
  step: z.string().nullable(),
  isDeleted: z.boolean(),
  source: z.object({
    name: z.string().nullable(),
    type: z.string().nullable(),
    commit: z.string().nullable(),
    branch: z.string().nullable(),
    repository: z.string().nullable(),
  }),
  tags: z.record(z.string(), z.string()),
  latest: z.array(latestMetricSchema),
  parent: otherRunSchema.nullable(),
  /** The newest of them, and how many there are. */
  children: z.object({ items: z.array(otherRunSchema), total: z.number() }),
  datasets: z.array(runDatasetSchema),
  models: z.array(runLoggedModelSchema),
  versions: z.array(z.object({ model: z.string(), version: z.string(), aliases: z.array(z.string()) })),
  files: z.object({ count: z.number(), bytes: z.number() }),
});
export type TrackedRunPage = z.infer<typeof trackedRunPageSchema>;

export const updateTrackedRunSchema = z.object({
  name: z.string().trim().min(1).max(250).optional(),
  /** Markdown; empty takes it away. */
  description: z.string().max(8000).optional(),
  /** Null takes a tag away. */
  tags: z
    .record(
      z.string().regex(/^[/\w.\- :]{1,250}$/, "must have 1 to 250 letters, digits, spaces or _ - . : /"),
      z.string().max(8000).nullable(),
    )
    .optional(),
});

export const mostCurves = 24;
/** Keys of MLflow's metrics have no comma. */
export const runCurvesQuery = z.object({
  keys: z
    .string()
    .max(8000)
    .transform((text) => [...new Set(text.split(",").filter((key) => key !== ""))])
    .pipe(z.array(z.string().max(250)).min(1).max(mostCurves)),
  /** About how many points of each; the first, the last and every extreme are among them. */
  points: z.coerce.number().int().min(20).max(2000).default(400),
});

export const runCurvesSchema = z.object({
  items: z.array(
    z.object({
      key: z.string(),
      /** Of how many the points are taken. */
      total: z.number(),
      points: z.array(z.object({ step: z.number(), value: z.number().nullable(), at: z.number() })),
    }),
  ),
});
export type RunCurves = z.infer<typeof runCurvesSchema>;

export const experimentSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** The project's own, in which its pipelines' runs are. */
  isOwn: z.boolean(),
  runs: z.number(),
  running: z.number(),
  createdAt: timeSchema,
  /** When the newest run started. */
  lastRunAt: timeSchema.nullable(),
  tags: z.record(z.string(), z.string()),
});
export type ExperimentSummary = z.infer<typeof experimentSchema>;
