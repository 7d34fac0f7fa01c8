import type { ImportRun } from "@pave/contract";
import type { RunRecord } from "./source-records.ts";

const statuses = ["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"] as const;

/** A run as Pave takes it. A status that is none of MLflow's is one that nobody ended. */
export const toRun = ({ info, data, inputs }: RunRecord, experimentId: number): ImportRun => ({
  runId: info.run_id,
  experimentId,
  name: info.run_name || data.tags["mlflow.runName"] || info.run_id,
  userName: info.user_id,
  status: statuses.find((status) => status === info.status) ?? "RUNNING",
  startTime: info.start_time,
  endTime: info.end_time || null,
  isDeleted: info.lifecycle_stage === "deleted",
  params: data.params,
  tags: data.tags,
  datasets: inputs.dataset_inputs.map(({ tags, dataset }) => ({
    name: dataset.name,
    digest: dataset.digest,
    sourceType: dataset.source_type,
    source: dataset.source,
    schema: dataset.schema ?? null,
    profile: dataset.profile ?? null,
    tags,
  })),
});

/** The logged models that it read and made. */
export const linksOf = ({ inputs, outputs }: RunRecord) => [
  ...inputs.model_inputs.map(({ model_id }) => ({ modelId: model_id, direction: "input" as const, step: 0 })),
  ...outputs.model_outputs.map(({ model_id, step }) => ({ modelId: model_id, direction: "output" as const, step })),
];
