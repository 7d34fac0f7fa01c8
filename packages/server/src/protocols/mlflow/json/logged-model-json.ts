import type { LoggedModel } from "../../../modules/tracking/index.ts";
import { numberJson, optional, pairList } from "./json.ts";

export const loggedModelJson = (model: LoggedModel) => ({
  info: {
    model_id: model.modelId,
    experiment_id: String(model.experimentId),
    name: model.name,
    creation_timestamp_ms: model.createdAt.getTime(),
    last_updated_timestamp_ms: model.updatedAt.getTime(),
    artifact_uri: model.artifactUri,
    status: `LOGGED_MODEL_${model.status}`,
    model_type: model.modelType,
    ...optional("source_run_id", model.sourceRunId),
    ...optional("status_message", model.statusMessage),
    tags: pairList(model.tags),
  },
  data: {
    params: pairList(model.params),
    metrics: model.metrics.map((metric) => ({
      key: metric.key,
      value: numberJson(metric.value),
      step: metric.step,
      timestamp: metric.timestamp,
      model_id: model.modelId,
      run_id: metric.runId,
      ...optional("dataset_name", metric.datasetName),
      ...optional("dataset_digest", metric.datasetDigest),
    })),
  },
});
