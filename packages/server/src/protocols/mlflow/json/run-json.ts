import type {
  DatasetInput,
  MetricValue,
  RunHead,
  RunModel,
  RunTexts,
  TrackedRun,
} from "../../../modules/tracking/index.ts";
import { numberJson, optional, pairList } from "./json.ts";

export const runInfoJson = (run: RunHead) => ({
  run_id: run.runId,
  run_uuid: run.runId,
  run_name: run.name,
  experiment_id: String(run.experimentId),
  user_id: run.userName,
  status: run.status,
  start_time: run.startTime.getTime(),
  ...optional("end_time", run.endTime?.getTime()),
  artifact_uri: run.artifactUri,
  lifecycle_stage: run.isDeleted ? "deleted" : "active",
});

export const runJson = (run: TrackedRun) => ({
  info: runInfoJson(run),
  data: { metrics: run.metrics.map(metricJson), params: pairList(run.params), tags: pairList(run.tags) },
  ...linksJson(run),
});

/** The same as text, with the lists as the database wrote them. */
export const runText = (run: RunTexts): string =>
  `{"info":${JSON.stringify(runInfoJson(run.head))},"data":{"metrics":[${run.metrics}],"params":[${run.params}],"tags":[${run.tags}]},${JSON.stringify(linksJson(run)).slice(1)}`;

const linksJson = (run: { readonly datasets: readonly DatasetInput[]; readonly models: readonly RunModel[] }) => ({
  inputs: {
    dataset_inputs: run.datasets.map(datasetJson),
    model_inputs: run.models.flatMap(({ direction, modelId }) =>
      direction === "input" ? [{ model_id: modelId }] : [],
    ),
  },
  outputs: {
    model_outputs: run.models.flatMap(({ direction, modelId, step }) =>
      direction === "output" ? [{ model_id: modelId, step }] : [],
    ),
  },
});

const metricJson = ({ key, value, step, timestamp }: MetricValue) => ({
  key,
  value: numberJson(value),
  step,
  timestamp,
});

const datasetJson = (dataset: DatasetInput) => ({
  tags: pairList(dataset.tags),
  dataset: {
    name: dataset.name,
    digest: dataset.digest,
    source_type: dataset.sourceType,
    source: dataset.source,
    ...optional("schema", dataset.schema),
    ...optional("profile", dataset.profile),
  },
});
