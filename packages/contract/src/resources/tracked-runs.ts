import { z } from "zod";
import { digestSchema, timeSchema } from "../common.ts";
import { gitStateSchema } from "./projects.ts";
import { runStateSchema } from "./runs.ts";

/** A metric's latest value; null where that is no number. */
const valuesSchema = z.record(z.string(), z.number().nullable());

/** A run as lists of all runs show it: of a pipeline, of an evaluation for a plan, of a step, or of a client of MLflow. */
export const trackedRunSchema = z.object({
  /** As clients of MLflow know it. */
  id: z.string(),
  kind: z.enum(["pipeline", "evaluation", "step", "client"]),
  name: z.string(),
  /** Of the platform's own runs: their number in the project. */
  run: z.object({ number: z.number(), pipeline: z.string() }).nullable(),
  state: runStateSchema,
  experiment: z.string(),
  author: z.string(),
  note: z.string().nullable(),
  startedAt: timeSchema,
  finishedAt: timeSchema.nullable(),
  revision: z.object({ id: z.string(), number: z.number() }).nullable(),
  /** What a client said of its code. */
  commit: z.string().nullable(),
  metrics: valuesSchema,
  /** Long values are cut, which an ellipsis at their end says; a comparison has them whole. */
  params: z.record(z.string(), z.string()),
  /** What people and clients noted, without the tags that MLflow and the platform keep for themselves. */
  tags: z.record(z.string(), z.string()),
  /** The run below which it lies, by its id. */
  parent: z.string().nullable(),
});
export type TrackedRunSummary = z.infer<typeof trackedRunSchema>;

/** What runs are put together by: `params.model`, `tags.team`, or `parent` for the run below which they lie. */
const groupSchema = z
  .string()
  .max(300)
  .regex(/^(parent|(params|tags)\..+)$/, "must be parent, params.<name> or tags.<name>");

/** Which runs are meant, before they are sorted and cut into pages. */
const chosenRunsQuery = z.object({
  /** In MLflow's grammar: `metrics.auc > 0.9 AND params.model = 'forest'`. */
  filter: z.string().max(4000).optional(),
  state: z.enum(["SCHEDULED", "RUNNING", "FINISHED", "FAILED", "KILLED"]).optional(),
  show: z.enum(["top", "pipeline", "client", "all", "deleted"]).default("top"),
  /** Only the runs of this experiment of the project, by its id. */
  experiment: z
    .string()
    .regex(/^[1-9]\d{0,14}$/, "must be the id of an experiment")
    .optional(),
});

export const searchRunsQuery = chosenRunsQuery.extend({
  /** `metrics.auc DESC`; newest first where it says nothing. */
  order: z.string().max(400).optional(),
  /** Only the runs of one group: those of which this has the value `of`, or no value where `of` is left out. */
  by: groupSchema.optional(),
  of: z.string().max(8000).optional(),
  /** `metrics.auc,params.depth`: only these come back. All of them where it is left out. */
  columns: z.string().max(8000).optional(),
  /** Whether to count all that there are, which takes longer than a page. */
  count: z.enum(["true", "false"]).default("true"),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  /** The `next` of the page before. */
  after: z.coerce.number().int().min(0).max(1_000_000).default(0),
});

export const foundRunsSchema = z.object({
  items: z.array(trackedRunSchema),
  next: z.string().nullable(),
  /** How many there are, where that was asked; with `atLeast` there are more, which nobody counted. */
  total: z.object({ count: z.number(), atLeast: z.boolean() }).nullable(),
});
export type FoundRuns = z.infer<typeof foundRunsSchema>;

export const groupRunsQuery = chosenRunsQuery.extend({
  by: groupSchema,
  /** The metric that groups are told apart by. */
  metric: z.string().min(1).max(250).optional(),
});

export const runGroupSchema = z.object({
  /** Null of the runs that have none. */
  value: z.string().nullable(),
  count: z.number(),
  /** Over those runs of the group that have the metric. */
  metric: z.object({ runs: z.number(), min: z.number(), max: z.number(), mean: z.number() }).nullable(),
  /** Of groups by parent: that run, unless it is one of those that were looked for. */
  run: trackedRunSchema.nullable(),
  /** Of groups by parent: that run is one of those that were looked for. */
  isFound: z.boolean(),
});
export type RunGroup = z.infer<typeof runGroupSchema>;

export const runGroupsSchema = z.object({
  /** The largest first. */
  items: z.array(runGroupSchema),
  /** There are more groups than these. */
  hasMore: z.boolean(),
  /** From how many runs they were made; with `atLeast` there are more, which belong to no group here. */
  total: z.object({ count: z.number(), atLeast: z.boolean() }),
});
export type RunGroups = z.infer<typeof runGroupsSchema>;

const keySchema = z.object({
  name: z.string(),
  /** How many of the runs that were looked at have it. */
  runs: z.number(),
});
/** What the newest runs of a project have, the most frequent first. */
export const runKeysSchema = z.object({
  metrics: z.array(keySchema),
  params: z.array(keySchema),
  tags: z.array(keySchema),
});
export type RunKeys = z.infer<typeof runKeysSchema>;

export const runValuesQuery = z.object({
  /** `params.model`, `tags.team`, `attributes.user_id` or `attributes.run_name`. */
  of: z
    .string()
    .max(300)
    .regex(/^(attributes\.(user_id|run_name)|(params|tags)\..+)$/, "must be a param, a tag, a user or a name of runs"),
  /** What they contain. */
  part: z.string().max(200).default(""),
});
export const runValuesSchema = z.object({ items: z.array(z.object({ value: z.string(), runs: z.number() })) });

/** Runs to do something with, by their ids. */
export const chosenRunsBody = z.object({
  ids: z
    .array(z.string().regex(/^[0-9a-f]{32}$/, "must be the id of a tracked run"))
    .min(1)
    .max(500),
});
export const tagRunsBody = chosenRunsBody.extend({
  /** Null takes a tag away. */
  tags: z
    .record(
      z
        .string()
        .min(1)
        .max(250)
        .regex(
          /^[/\w.\- :]+$/,
          "may have letters, digits, underscores, dashes, periods, spaces, colons and slashes only",
        )
        .regex(/^(?!mlflow\.|pave\.)/, "must not begin with mlflow. or pave., which clients and the platform keep"),
      z.string().max(8000).nullable(),
    )
    .refine((tags) => Object.keys(tags).length > 0, "must name at least one tag"),
});
/** What became of each run: some may be beyond reach, which says nothing of the others. */
export const changedRunsSchema = z.object({
  done: z.array(z.string()),
  refused: z.array(z.object({ id: z.string(), reason: z.string() })),
});
export type ChangedRuns = z.infer<typeof changedRunsSchema>;

/** In tables, parallel coordinates and scatter plots. */
export const mostComparedRuns = 100;
/** More lines over each other tell nobody anything. */
export const mostCurveRuns = 20;

/** Numbers of pipelines' runs and ids of tracked ones, separated by commas. */
const idsSchema = (most: number) =>
  z
    .string()
    .max(most * 34)
    .transform((text) => [...new Set(text.split(",").filter((id) => id !== ""))])
    .pipe(
      z
        .array(z.string().regex(/^(\d{1,12}|[0-9a-f]{32})$/, "must be the number of a run or the id of a tracked run"))
        .min(1)
        .max(most),
    );
export const compareRunsQuery = z.object({ ids: idsSchema(mostComparedRuns) });

export const comparedRunSchema = trackedRunSchema.extend({
  /** What stands for it in the page's URL: its number, or its id. */
  key: z.string(),
  /** Lists leave it out; what was sent to somebody still shows it. */
  isDeleted: z.boolean(),
  revision: z
    .object({
      id: z.string(),
      number: z.number(),
      message: z.string(),
      git: gitStateSchema.omit({ diff: true }).nullable(),
    })
    .nullable(),
  pythonEnvironment: digestSchema.nullable(),
  datasets: z.array(z.object({ name: z.string(), digest: z.string(), context: z.string().nullable() })),
  models: z.array(z.object({ name: z.string(), version: z.string() })),
  /** Metrics that were logged at more than one step, by the run itself or by one of its steps. */
  curves: z.array(z.string()),
});
export type ComparedRun = z.infer<typeof comparedRunSchema>;

export const curvesQuery = z.object({ ids: idsSchema(mostCurveRuns), metric: z.string().min(1).max(250) });

/** Where it was logged, when (milliseconds since 1970), and what; null where that is no number. */
const pointSchema = z.tuple([z.number(), z.number(), z.number().nullable()]);

/** A metric over steps and time, thinned to some hundred points for each run. */
export const curvesSchema = z.object({
  runs: z.array(z.object({ key: z.string(), points: z.array(pointSchema) })),
});
export type Curves = z.infer<typeof curvesSchema>;
export type CurvePoint = z.infer<typeof pointSchema>;
