import type { Experiment } from "../../../modules/tracking/index.ts";
import { pairList } from "./json.ts";

export const experimentJson = (experiment: Experiment) => ({
  experiment_id: String(experiment.id),
  name: experiment.name,
  artifact_location: experiment.artifactLocation,
  lifecycle_stage: experiment.isDeleted ? "deleted" : "active",
  creation_time: experiment.createdAt.getTime(),
  last_update_time: experiment.updatedAt.getTime(),
  tags: pairList(experiment.tags),
  workspace: experiment.project,
});
