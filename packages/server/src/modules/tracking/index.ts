export { bulkHistory } from "./bulk-history.ts";
export {
  findTrackedRun,
  getRunHead,
  getRunHeads,
  getTrackedRun,
  moveClientRun,
  startAttemptRun,
  startClientRun,
  updateClientRun,
} from "./client-runs.ts";
export { type Experiment, trackingNotFound } from "./experiment.ts";
export {
  experimentsOf,
  findExperimentByName,
  findExperiments,
  searchExperiments,
} from "./experiment-store.ts";
export {
  createExperiment,
  deleteExperiment,
  deleteExperimentTag,
  ensureExperiment,
  renameExperiment,
  restoreExperiment,
  setExperimentTag,
} from "./experiments.ts";
export { findDatasets } from "./find-datasets.ts";
export { putImportedExperiment } from "./imported/imported-experiments.ts";
export { projectOfModel, putImportedModel, showImportedModel } from "./imported/imported-models.ts";
export { putPoints } from "./imported/imported-points.ts";
export { projectsOfRuns, putImportedRuns, showImportedRuns } from "./imported/imported-runs.ts";
export { logDatasets, logRunModels } from "./inputs.ts";
export { latestMetrics } from "./latest-metrics.ts";
export { type BatchMetric, logBatch, noteTags, removeRunTag } from "./log-batch.ts";
export { logMetrics, logParams, setTags } from "./log-tracked.ts";
export {
  assertModelChangeable,
  type LoggedModel,
  type LoggedModelHead,
  type LoggedModelStatus,
} from "./logged-model.ts";
export {
  createLoggedModel,
  deleteLoggedModel,
  finishLoggedModel,
  getLoggedModel,
  getLoggedModelHead,
  loggedModelsOfRun,
  logModelParams,
  tagLoggedModel,
  untagLoggedModel,
} from "./logged-models.ts";
export { metricHistory, sampleMetric } from "./metric-history.ts";
export { countRuns } from "./run-search/count-runs.ts";
export { findRunPlaces } from "./run-search/find-run-places.ts";
export type { RunScope } from "./run-search/run-search.ts";
export { type RunTexts, readRunTexts } from "./run-texts.ts";
export { curvePoints, sampleHistory } from "./sample-history.ts";
export { parseFilter, parseOrders } from "./search-language.ts";
export {
  type DatasetReference,
  searchLoggedModels,
} from "./search-logged-models.ts";
export { searchRuns } from "./search-runs.ts";
export {
  deleteFiles,
  type FolderEntry,
  filesBelow,
  findFile,
  listFolder,
  putFile,
} from "./tracked-files.ts";
export {
  assertChangeable,
  type DatasetInput,
  type MetricValue,
  type RunHead,
  type RunModel,
  type TrackedRun,
  trackedStatuses,
} from "./tracked-run.ts";
export { newTrackedRunId } from "./tracked-run-id.ts";
export { createTrackedRuns, endTrackedRun, reopenTrackedRun } from "./tracked-runs.ts";
