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
});
export type TrackedRunSummary = z.infer<typeof trackedRunSchema>;

export const searchRunsQuery = z.object({
  /** In MLflow's grammar: `metrics.auc > 0.9 AND params.model = 'forest'`. */
  filter: z.string().max(4000).optional(),
  /** `metrics.auc DESC`; newest first where it says nothing. */
  order: z.string().max(400).optional(),
  show: z.enum(["top", "pipeline", "client", "all"]).default("top"),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  /** The `next` of the page before. */
  after: z.coerce.number().int().min(0).max(1_000_000).default(0),
});

export const foundRunsSchema = z.object({
  items: z.array(trackedRunSchema),
  next: z.string().nullable(),
  /** How many there are; counted no further than `atLeast` says. */
  total: z.object({ count: z.number(), atLeast: z.boolean() }),
});
export type FoundRuns = z.infer<typeof foundRunsSchema>;

export const mostComparedRuns = 8;

/** Numbers of pipelines' runs and ids of tracked ones, separated by commas. */
const idsSchema = z
  .string()
  .max(600)
  .transform((text) => [...new Set(text.split(",").filter((id) => id !== ""))])
  .pipe(
    z
      .array(z.string().regex(/^(\d{1,12}|[0-9a-f]{32})$/, "must be the number of a run or the id of a tracked run"))
      .min(1)
      .max(mostComparedRuns),
  );
export const compareRunsQuery = z.object({ ids: idsSchema });

export const comparedRunSchema = trackedRunSchema.extend({
  /** What stands for it in the page's URL: its number, or its id. */
  key: z.string(),
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

export const curvesQuery = compareRunsQuery.extend({ metric: z.string().min(1).max(250) });

/** A metric over steps: at most 500 of them, the same for all runs. */
export const curvesSchema = z.object({
  runs: z.array(
    z.object({ key: z.string(), points: z.array(z.object({ step: z.number(), value: z.number().nullable() })) }),
  ),
});
export type Curves = z.infer<typeof curvesSchema>;
