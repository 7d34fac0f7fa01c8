import type { RegistryModel, RegistryVersion } from "../../../modules/models/index.ts";
import { optional, pairList } from "./json.ts";

export const versionJson = (version: RegistryVersion) => ({
  name: version.model,
  version: String(version.version),
  creation_timestamp: version.createdAt.getTime(),
  last_updated_timestamp: version.updatedAt.getTime(),
  user_id: version.userName,
  current_stage: version.stage,
  description: version.description,
  source: version.source,
  run_id: version.trackedRunId ?? "",
  ...optional("run_link", version.runLink),
  ...optional("model_id", version.loggedModelId),
  status: version.status,
  ...optional("status_message", version.statusMessage),
  tags: pairList(version.tags),
  aliases: [...version.aliases],
});

export const modelJson = (model: RegistryModel, latest: readonly RegistryVersion[]) => ({
  name: model.name,
  creation_timestamp: model.createdAt.getTime(),
  last_updated_timestamp: model.updatedAt.getTime(),
  user_id: model.userName,
  description: model.description,
  latest_versions: latest.filter((version) => version.model === model.name).map(versionJson),
  tags: pairList(model.tags),
  aliases: Object.entries(model.aliases).map(([alias, version]) => ({ alias, version: String(version) })),
  workspace: model.project,
});
