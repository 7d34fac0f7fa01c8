import { z } from "zod";
import { bulkHistory, findDatasets } from "../../../modules/tracking/index.ts";
import { type Endpoint, endpoint, reads } from "../endpoint.ts";
import { integer, list, runId, text } from "../fields.ts";
import { numberJson, optional } from "../json/json.ts";
import { invalid } from "../mlflow-error.ts";

/* What only MLflow's own pages ask for. */

const mostPoints = 25_000;
const history = z.object({
  run_id: list(runId),
  metric_key: text.min(1),
  max_results: integer.default(mostPoints).refine((value) => value > 0, { message: "must be a positive integer" }),
});
const datasets = z.object({ experiment_ids: list(text) });

export const pageEndpoints: readonly Endpoint[] = [
  endpoint(["GET", "/metrics/get-history-bulk"], reads, history, async (scope, input) => {
    const runIds = [...new Set(input.run_id)];
    if (runIds.length === 0 || runIds.length > 100)
      throw invalid(`GetMetricHistoryBulk request must specify 1 to 100 run_ids. Received ${runIds.length}.`);
    await scope.runs(runIds);
    const limit = Math.min(input.max_results, mostPoints);
    const points = await bulkHistory(scope.ctx, { runIds, key: input.metric_key, limit });
    return {
      metrics: points.map(({ runId, value, timestamp, step }) => ({
        ...{ key: input.metric_key, value: numberJson(value), timestamp, step, run_id: runId },
      })),
    };
  }),
  endpoint(["POST", "/experiments/search-datasets"], reads, datasets, async (scope, input) => {
    const { experiment_ids: ids } = input;
    if (ids.length === 0 || ids.length > 20)
      throw invalid(`SearchDatasets request must specify 1 to 20 experiment_ids. Received ${ids.length}.`);
    const found = await findDatasets(scope.ctx, await scope.experimentIds(ids));
    return {
      dataset_summaries: found.map(({ experimentId, name, digest, context }) => ({
        ...{ experiment_id: String(experimentId), name, digest },
        ...optional("context", context),
      })),
    };
  }),
];
