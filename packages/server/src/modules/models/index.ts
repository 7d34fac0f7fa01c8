export { versionCheckHandler, versionCheckOwner } from "./check-version.ts";
export { getVersion, latestReadyVersion, newestVersion, versionOfAttempt } from "./find-version.ts";
export { importAliases, importRegisteredModel } from "./import-model.ts";
export { importVersion, updateImportedVersion, type VersionFiles } from "./import-version.ts";
export { outputSignature, readMlModelFacts } from "./mlmodel-facts.ts";
export { findVersion } from "./model-store.ts";
export { checkStateOf, type ModelLineage, type ModelVersionRow, type NewModelVersion } from "./model-version.ts";
export { modelsRoutes } from "./models-routes.ts";
export { noteRoutes } from "./note-routes.ts";
export {
  beginProfile,
  failProfile,
  findProfile,
  finishProfile,
  type PredictionSource,
  profiledForMs,
  profileStates,
  type ServedProfile,
  servedProfiles,
  sizesOfCounts,
} from "./profile-store.ts";
export { readArtifacts } from "./read-models.ts";
export { type RegisteringAttempt, registerSource, type SourceArtifacts } from "./register-source.ts";
export { assertModelNames, registerVersion } from "./register-version.ts";
export { type RegistryModel, type RegistryVersion, stages } from "./registry.ts";
export {
  createModel,
  deleteModel,
  deleteVersion,
  describeModel,
  describeVersion,
  findRegistryModel,
  getRegistryModel,
  getRegistryVersion,
  getVersionByAlias,
  type IsReleased,
  moveToStage,
  tagModel,
  untagModel,
} from "./registry-models.ts";
export { findLatestVersions } from "./registry-store.ts";
export { type ModelNames, renameModel } from "./rename-model.ts";
export { promptTag, searchModels, searchVersions } from "./search-registry.ts";
export { deleteAlias, setAlias } from "./set-alias.ts";
export { versionMetrics } from "./version-metrics.ts";
export { artifactLocation } from "./version-source.ts";
