import { z } from "zod";
import {
  assertChangeable,
  type BatchMetric,
  getTrackedRun,
  logBatch,
  logDatasets,
  logRunModels,
  noteTags,
  removeRunTag,
} from "../../../modules/tracking/index.ts";

import { type Endpoint, endpoint, writes } from "../endpoint.ts";
import { double, integer, key, list, text, timestamp } from "../fields.ts";
import { invalid } from "../mlflow-error.ts";
import type { Scope } from "../scope.ts";
import { ofRun } from "./runs.ts";

const metricShape = {
  key,
  value: double,
  timestamp,
  step: integer.default(0),
  model_id: text.max(64).optional(),
  dataset_name: text.max(500, "has more than 500 characters").optional(),
  dataset_digest: text.max(36, "has more than 36 characters").optional(),
};
const entry = z.object({ key, value: text.default("") });
const batch = ofRun({ metrics: list(z.object(metricShape)), params: list(entry), tags: list(entry) });
const dataset = z.object({
  tags: list(z.object({ key: text.max(255), value: text.max(500).default("") })),
  dataset: z.object({
    name: text.min(1, "must not be empty").max(500, "has more than 500 characters"),
    digest: text.min(1, "must not be empty").max(36, "has more than 36 characters"),
    source_type: text.max(36).default(""),
    source: text.max(65_535, "has more than 65535 characters").default(""),
    schema: text.max(1_048_575, "has more than 1048575 characters").optional(),
    profile: text.max(16_777_215, "has more than 16777215 characters").optional(),
  }),
});
const inputs = ofRun({ datasets: list(dataset), models: list(z.object({ model_id: text })) });
const outputs = ofRun({ models: list(z.object({ model_id: text, step: integer.default(0) })) });

/** The longest profiles and schemas, with room for how JSON writes them. */
const inputsLimit = 48 * 2 ** 20;

export const runDataEndpoints: readonly Endpoint[] = [
  endpoint(["POST", "/runs/log-metric"], writes, ofRun(metricShape), (scope, metric) =>
    log(scope, metric.run_id, { metrics: [metric], params: [], tags: [] }),
  ),
  endpoint(["POST", "/runs/log-parameter"], writes, ofRun(entry.shape), (scope, param) =>
    log(scope, param.run_id, { metrics: [], params: [param], tags: [] }),
  ),
  endpoint(["POST", "/runs/set-tag"], writes, ofRun(entry.shape), (scope, tag) =>
    log(scope, tag.run_id, { metrics: [], params: [], tags: [tag] }),
  ),
  endpoint(["POST", "/runs/delete-tag"], writes, ofRun({ key: text }), async (scope, input) => {
    await removeRunTag(scope.ctx, await scope.run(input.run_id), input.key, await scope.ownAttempt());
    return {};
  }),
  endpoint(["POST", "/runs/log-batch"], writes, batch, (scope, input) => log(scope, input.run_id, input)),
  endpoint(["POST", "/runs/log-inputs"], writes, inputs, logInputs, inputsLimit),
  endpoint(["POST", "/runs/outputs"], writes, outputs, async (scope, input) => {
    const run = await scope.run(input.run_id);
    assertChangeable(run, "log", await scope.ownAttempt());
    const models = input.models.map(({ model_id, step }) => ({
      modelId: model_id,
      direction: "output" as const,
      step,
    }));
    await logRunModels(scope.ctx, run, models);
    return {};
  }),
  endpoint(["POST", "/runs/log-model"], writes, ofRun({ model_json: text }), logOldModel),
];

interface Batch {
  readonly metrics: readonly z.output<z.ZodObject<typeof metricShape>>[];
  readonly params: readonly z.output<typeof entry>[];
  readonly tags: readonly z.output<typeof entry>[];
}

async function log(scope: Scope, runId: string, { metrics, params, tags }: Batch): Promise<object> {
  assertSize(metrics.length, params.length, tags.length);
  const unique = new Set(params.map((param) => param.key));
  if (unique.size < params.length) throw invalid("Duplicate parameter keys have been submitted in one batch.");
  const run = await scope.run(runId);
  await logBatch(
    scope.ctx,
    run,
    { metrics: metrics.map(toMetric), params: toRecord(params), tags: toRecord(tags) },
    await scope.ownAttempt(),
  );
  return {};
}

function assertSize(metrics: number, params: number, tags: number): void {
  const tooMany = (what: string, count: number, most: number) =>
    invalid(`A batch logging request can contain at most ${most} ${what}. Got ${count}. Please split up and resubmit.`);
  if (metrics > 1000) throw tooMany("metrics", metrics, 1000);
  if (params > 100) throw tooMany("params", params, 100);
  if (tags > 100) throw tooMany("tags", tags, 100);
  if (metrics + params + tags > 1000) throw tooMany("metrics, params and tags", metrics + params + tags, 1000);
}

const toRecord = (entries: readonly { key: string; value: string }[]): Record<string, string> =>
  Object.fromEntries(entries.map(({ key, value }) => [key, value]));

const toMetric = (metric: Batch["metrics"][number]): BatchMetric => ({
  key: metric.key,
  value: metric.value,
  step: metric.step,
  time: new Date(metric.timestamp),
  modelId: metric.model_id || undefined,
  datasetName: metric.dataset_name,
  datasetDigest: metric.dataset_digest,
});

async function logInputs(scope: Scope, input: z.output<typeof inputs>): Promise<object> {
  const run = await scope.run(input.run_id);
  assertChangeable(run, "log", await scope.ownAttempt());
  const datasets = input.datasets.map(({ tags, dataset }) => ({
    name: dataset.name,
    digest: dataset.digest,
    sourceType: dataset.source_type,
    source: dataset.source,
    schema: dataset.schema ?? null,
    profile: dataset.profile ?? null,
    tags: toRecord(tags),
  }));
  await logDatasets(scope.ctx, run, datasets);
  await logRunModels(
    scope.ctx,
    run,
    input.models.map(({ model_id }) => ({ modelId: model_id, direction: "input" as const, step: 0 })),
  );
  return {};
}

/** What clients before 3.0 say when they have logged a model: kept as they look for it, in one tag. */
async function logOldModel(scope: Scope, input: { run_id: string; model_json: string }): Promise<object> {
  const model = objectOf(input.model_json);
  const run = await scope.run(input.run_id);
  const history = await oldModels(scope, input.run_id);
  const tags = { "mlflow.log-model.history": JSON.stringify([...history, model]) };
  await noteTags(scope.ctx, run, tags, await scope.ownAttempt());
  return {};
}

function objectOf(json: string): object {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // told below
  }
  throw invalid("Malformed model info. \n model_json is not a JSON object");
}

/** What cannot be read, because it was cut at the length of a tag, begins anew. */
async function oldModels(scope: Scope, runId: string): Promise<readonly unknown[]> {
  const { tags } = await getTrackedRun(scope.ctx, runId);
  try {
    const history: unknown = JSON.parse(tags["mlflow.log-model.history"] ?? "[]");
    return Array.isArray(history) ? history : [];
  } catch {
    return [];
  }
}
