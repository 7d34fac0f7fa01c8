import { z } from "zod";

/*
 * What servers of MLflow 2 and 3 answer with. Numbers come as numbers or as text, fields with nothing to say are left
 * out. What they hold is judged where it is put: here only its form.
 */

const long = z.union([z.number(), z.string().regex(/^-?\d+$/)]).transform(Number);
const double = z.union([z.number(), z.string()]);
const pairs = z
  .array(z.object({ key: z.string(), value: z.string().default("") }))
  .default([])
  .transform((items) => sorted(Object.fromEntries(items.map(({ key, value }) => [key, value]))));

/** One order for all: servers do not promise one, and the digest of a record must not depend on it. */
const sorted = (values: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));

export const experimentRecord = z.object({
  experiment_id: z.coerce.string(),
  name: z.string(),
  artifact_location: z.string().default(""),
  lifecycle_stage: z.string().default("active"),
  creation_time: long.optional(),
  last_update_time: long.optional(),
  tags: pairs,
});
export type ExperimentRecord = z.output<typeof experimentRecord>;

const runInfo = z.object({
  run_id: z.string(),
  run_name: z.string().default(""),
  experiment_id: z.coerce.string(),
  user_id: z.string().default(""),
  status: z.string().default("RUNNING"),
  start_time: long.default(0),
  end_time: long.optional(),
  artifact_uri: z.string().default(""),
  lifecycle_stage: z.string().default("active"),
});
const metric = z.object({
  key: z.string(),
  value: double.default(0),
  step: long.default(0),
  timestamp: long.default(0),
});
const dataset = z.object({
  tags: pairs,
  dataset: z.object({
    name: z.string(),
    digest: z.string(),
    source_type: z.string().default(""),
    source: z.string().default(""),
    schema: z.string().optional(),
    profile: z.string().optional(),
  }),
});
export const runRecord = z.object({
  info: runInfo,
  data: z
    .object({ metrics: z.array(metric).default([]), params: pairs, tags: pairs })
    .default({ metrics: [], params: {}, tags: {} }),
  inputs: z
    .object({
      dataset_inputs: z.array(dataset).default([]),
      model_inputs: z.array(z.object({ model_id: z.string() })).default([]),
    })
    .default({ dataset_inputs: [], model_inputs: [] }),
  outputs: z
    .object({ model_outputs: z.array(z.object({ model_id: z.string(), step: long.default(0) })).default([]) })
    .default({ model_outputs: [] }),
});
export type RunRecord = z.output<typeof runRecord>;

export const pointRecord = metric.extend({ run_id: z.string().optional() });
export type PointRecord = z.output<typeof pointRecord>;

export const loggedModelRecord = z.object({
  info: z.object({
    model_id: z.string(),
    experiment_id: z.coerce.string(),
    name: z.string(),
    creation_timestamp_ms: long.default(0),
    last_updated_timestamp_ms: long.default(0),
    artifact_uri: z.string().default(""),
    status: z.string().default(""),
    model_type: z.string().default(""),
    source_run_id: z.string().default(""),
    status_message: z.string().default(""),
    tags: pairs,
  }),
  data: z
    .object({
      params: pairs,
      metrics: z
        .array(
          metric.extend({
            run_id: z.string().default(""),
            dataset_name: z.string().default(""),
            dataset_digest: z.string().default(""),
          }),
        )
        .default([]),
    })
    .default({ params: {}, metrics: [] }),
});
export type LoggedModelRecord = z.output<typeof loggedModelRecord>;

export const modelRecord = z.object({
  name: z.string(),
  description: z.string().default(""),
  creation_timestamp: long.default(0),
  last_updated_timestamp: long.default(0),
  tags: pairs,
  aliases: z
    .array(z.object({ alias: z.string(), version: long }))
    .default([])
    .transform((items) => Object.fromEntries(items.map(({ alias, version }) => [alias, version]))),
});
export type ModelRecord = z.output<typeof modelRecord>;

export const versionRecord = z.object({
  name: z.string(),
  version: long,
  creation_timestamp: long.default(0),
  last_updated_timestamp: long.default(0),
  user_id: z.string().default(""),
  current_stage: z.string().default("None"),
  description: z.string().default(""),
  source: z.string().default(""),
  run_id: z.string().default(""),
  run_link: z.string().default(""),
  model_id: z.string().default(""),
  status: z.string().default("READY"),
  tags: pairs,
});
export type VersionRecord = z.output<typeof versionRecord>;

export const fileRecord = z.object({
  path: z.string(),
  is_dir: z.boolean().default(false),
  file_size: long.optional(),
});
