import { type CopyContext, isWhole } from "./copy-context.ts";
import { modelPages, versionPages } from "./read-source.ts";
import { recordDigest } from "./record-digest.ts";
import type { ModelRecord, VersionRecord } from "./source-records.ts";
import { refusal } from "./target.ts";
import { versionFiles } from "./version-files.ts";

/** Which registered models, and of those which versions. */
export interface RegistrySelection {
  /** Undefined: all. */
  readonly names: ReadonlySet<string> | undefined;
  /** Only versions of runs and logged models that were copied. */
  readonly onlyOfCopied: boolean;
}

/** Copies registered models with versions under their numbers, aliases last. Gives the names that were found. */
export async function copyRegistry(context: CopyContext, selection: RegistrySelection): Promise<Set<string>> {
  const found = new Set<string>();
  for await (const page of modelPages(context.source))
    for (const model of page) {
      if (selection.names && !selection.names.has(model.name)) continue;
      found.add(model.name);
      context.progress.at(`model ${model.name}`);
      await copyModel(context, selection, model);
    }
  return found;
}

async function copyModel(context: CopyContext, selection: RegistrySelection, model: ModelRecord): Promise<void> {
  const { target, tally } = context;
  if (model.tags["mlflow.prompt.is_prompt"] === "true")
    return tally.skip("registered models", model.name, "it is a prompt, which Pave does not keep");
  const versions: VersionRecord[] = [];
  for await (const page of versionPages(context.source, model.name)) versions.push(...page);
  versions.sort((a, b) => a.version - b.version);
  const wanted = selection.onlyOfCopied ? await ofCopied(context, versions) : versions;
  if (selection.onlyOfCopied && wanted.length === 0) return;

  const digest = recordDigest(model);
  const item = (await target.items("model", [model.name])).get(model.name);
  const isThere = isWhole(item, digest);
  const skipped = isThere ? undefined : await tried(() => target.call("importModel", { body: modelBody(model) }));
  if (skipped !== undefined) {
    tally.skip("registered models", model.name, skipped);
    for (const { version } of wanted)
      tally.skip("model versions", `${model.name} ${version}`, `of its model: ${skipped}`);
    return;
  }
  await copyVersions(context, model.name, wanted);
  tally.add("registered models", isThere ? "there" : item?.state === "finished" ? "changed" : "copied");
  if (isThere) return tally.add("aliases", "there", Object.keys(model.aliases).length);
  await finish(
    context,
    model,
    digest,
    selection.onlyOfCopied ? new Set(wanted.map(({ version }) => version)) : undefined,
  );
}

const modelBody = (model: ModelRecord) => ({
  name: model.name,
  description: model.description,
  tags: model.tags,
  createdAt: model.creation_timestamp,
  updatedAt: model.last_updated_timestamp,
});

async function ofCopied({ target }: CopyContext, versions: readonly VersionRecord[]): Promise<VersionRecord[]> {
  const runs = await target.items("run", versions.map(({ run_id }) => run_id).filter(Boolean));
  const models = await target.items("logged-model", versions.map(({ model_id }) => model_id).filter(Boolean));
  return versions.filter(({ run_id, model_id }) => runs.has(run_id) || models.has(model_id));
}

async function copyVersions(context: CopyContext, model: string, versions: readonly VersionRecord[]): Promise<void> {
  const { target, tally, progress } = context;
  const items = await target.items(
    "model-version",
    versions.map(({ version }) => `${model}@${version}`),
  );
  for (const version of versions) {
    const digest = recordDigest(version);
    const item = items.get(`${model}@${version.version}`);
    if (isWhole(item, digest)) {
      tally.add("model versions", "there");
      continue;
    }
    const found = await versionFiles(context, version);
    const skipped =
      "reason" in found
        ? found.reason
        : await tried(() =>
            target.call("importVersion", { body: { ...versionBody(version), files: found.files, digest } }),
          );
    if (skipped !== undefined) tally.skip("model versions", `${model} ${version.version}`, skipped);
    else tally.add("model versions", item === undefined ? "copied" : "changed");
    progress.step();
  }
}

const stages = ["None", "Staging", "Production", "Archived"] as const;

const versionBody = (version: VersionRecord) => ({
  name: version.name,
  version: version.version,
  source: version.source,
  runId: version.run_id || null,
  modelId: version.model_id || null,
  runLink: version.run_link,
  description: version.description,
  stage: stages.find((stage) => stage === version.current_stage) ?? ("None" as const),
  userName: version.user_id,
  createdAt: version.creation_timestamp,
  updatedAt: version.last_updated_timestamp,
  tags: version.tags,
});

async function finish(
  { target, tally }: CopyContext,
  model: ModelRecord,
  digest: string,
  only: ReadonlySet<number> | undefined,
): Promise<void> {
  const aliases = Object.fromEntries(
    Object.entries(model.aliases).filter(([, version]) => only === undefined || only.has(version)),
  );
  const body = { name: model.name, aliases, updatedAt: model.last_updated_timestamp, digest };
  const { skipped } = await target.call("finishModel", { body });
  for (const { alias, reason } of skipped) tally.skip("aliases", `${model.name}@${alias}`, reason);
  tally.add("aliases", "copied", Object.keys(aliases).length - skipped.length);
}

/** Undefined, or why it stays out. */
async function tried(call: () => Promise<{ skipped: string | null }>): Promise<string | undefined> {
  try {
    return (await call()).skipped ?? undefined;
  } catch (error) {
    const reason = refusal(error);
    if (reason === undefined) throw error;
    return reason;
  }
}
