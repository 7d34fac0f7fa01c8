import { z } from "zod";
import { metricHistory, sampleMetric } from "../../../modules/tracking/index.ts";
import { type Endpoint, endpoint, type JsonText, reads } from "../endpoint.ts";
import { integer, list, runId, text, upTo } from "../fields.ts";
import { numberJson } from "../json/json.ts";
import { invalid } from "../mlflow-error.ts";
import { offsetOf, writePageToken } from "../page-token.ts";
import type { Scope } from "../scope.ts";
import { ofRun } from "./runs.ts";

const history = ofRun({ metric_key: text.min(1), max_results: upTo(25_000, 25_000), page_token: text.optional() });
const sample = z.object({
  run_ids: list(runId),
  metric_key: text.min(1),
  start_step: integer.optional(),
  end_step: integer.optional(),
  max_results: upTo(2500, 2500),
});

export const metricEndpoints: readonly Endpoint[] = [
  endpoint(["GET", "/metrics/get-history"], reads, history, getHistory),
  endpoint(["GET", "/metrics/get-history-bulk-interval"], reads, sample, getSample),
];

async function getHistory(scope: Scope, input: z.output<typeof history>): Promise<JsonText> {
  const run = await scope.run(input.run_id);
  const [offset, limit] = [offsetOf(input), input.max_results];
  const { items, isLast } = await metricHistory(scope.ctx, run.runId, input.metric_key, { limit, offset });
  const next = isLast ? "" : `,"next_page_token":${JSON.stringify(writePageToken(input, offset + limit))}`;
  return `{"metrics":[${items}]${next}}`;
}

async function getSample(scope: Scope, input: z.output<typeof sample>): Promise<object> {
  if (input.run_ids.length === 0 || input.run_ids.length > 100)
    throw invalid(
      `GetMetricHistoryBulkInterval request must specify 1 to 100 run_ids. Received ${input.run_ids.length}.`,
    );
  if ((input.start_step === undefined) !== (input.end_step === undefined))
    throw invalid("If either start step or end step are specified, both must be specified.");
  if (input.start_step !== undefined && input.end_step !== undefined && input.start_step > input.end_step)
    throw invalid("end_step must be greater than start_step.");
  await scope.runs(input.run_ids);
  const points = await sampleMetric(scope.ctx, {
    runIds: input.run_ids,
    key: input.metric_key,
    startStep: input.start_step ?? null,
    endStep: input.end_step ?? null,
    maxSteps: input.max_results,
  });
  return {
    metrics: points.map(({ runId, value, timestamp, step }) => ({
      key: input.metric_key,
      value: numberJson(value),
      timestamp,
      step,
      run_id: runId,
    })),
  };
}
