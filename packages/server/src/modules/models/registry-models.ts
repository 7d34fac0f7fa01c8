import { sql } from "kysely";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { must, PaveError } from "../../kernel/pave-error.ts";
import { recordEvent } from "../ledger/index.ts";
import { tellWebhooks } from "../webhooks/index.ts";
import { modelNotFound } from "./find-version.ts";
import { findModels, lockModel } from "./model-store.ts";
import { hintModel } from "./register-version.ts";
import type { RegistryModel, RegistryVersion, Stage } from "./registry.ts";
import * as store from "./registry-store.ts";
import { tellOfRemoved } from "./set-alias.ts";

export interface NewModel {
  readonly projectId: string;
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Claims a name for models of a project; throws `model.exists`, or `model.invalid` where another project has it. */
export async function createModel(ctx: Ctx, input: NewModel): Promise<RegistryModel> {
  return inTransaction(ctx, async (ctx) => {
    if (!(await store.insertModel(ctx, input))) throw await nameTaken(ctx, input);
    await store.putTags(ctx, input.name, null, input.tags);
    const { projectId, name, tags, description } = input;
    await tellWebhooks(ctx, projectId, "registered_model.created", { name, tags, description });
    await hintModel(ctx, input.name);
    return must(await findRegistryModel(ctx, input.name), "the model just made");
  });
}

export async function nameTaken(
  ctx: Ctx,
  { name, projectId }: Pick<NewModel, "name" | "projectId">,
  fix = "Use it as it is",
): Promise<PaveError> {
  const [model] = await findModels(ctx, [name]);
  if (model && model.projectId !== projectId)
    return new PaveError("model.invalid", `The model name ${name} belongs to another project`, {
      fix: "Choose another name, for example one that begins with the project's name",
    });
  return new PaveError("model.exists", `Registered Model (name=${name}) already exists.`, { fix });
}

export async function findRegistryModel(ctx: Ctx, name: string): Promise<RegistryModel | undefined> {
  return (await store.findRegistryModels(ctx, sql`m.name = ${name}`))[0];
}

export async function getRegistryVersion(ctx: Ctx, model: string, version: number): Promise<RegistryVersion> {
  const [found] = await store.findRegistryVersions(ctx, sql`v.model = ${model} and v.version = ${version}`);
  if (!found)
    throw new PaveError("model.version_not_found", `Model Version (name=${model}, version=${version}) not found`, {
      fix: `See what there is with \`pave models show ${model}\``,
    });
  return found;
}

export async function getVersionByAlias(ctx: Ctx, model: string, alias: string): Promise<RegistryVersion | undefined> {
  const [found] = await store.findRegistryVersions(
    ctx,
    sql`v.model = ${model} and v.version = (select version from model_aliases where model = ${model} and alias = ${alias})`,
  );
  return found;
}

export async function describeModel(ctx: Ctx, model: RegistryModel, description: string): Promise<RegistryModel> {
  await store.describeModel(ctx, model.name, description);
  await hintModel(ctx, model.name);
  return must(await findRegistryModel(ctx, model.name), "the model just changed");
}

export async function describeVersion(
  ctx: Ctx,
  version: RegistryVersion,
  description: string,
): Promise<RegistryVersion> {
  await store.changeVersion(ctx, version.model, version.version, { description });
  await hintModel(ctx, version.model);
  return getRegistryVersion(ctx, version.model, version.version);
}

export async function moveToStage(
  ctx: Ctx,
  version: RegistryVersion,
  stage: Stage,
  archiveOthers: boolean,
): Promise<RegistryVersion> {
  return inTransaction(ctx, async (ctx) => {
    await lockModel(ctx, version.model);
    // at one time, so that neither comes before the other in a search
    const now = ctx.clock.now();
    await store.changeVersion(ctx, version.model, version.version, { stage }, now);
    if (archiveOthers) await store.archiveOthers(ctx, { ...version, stage }, now);
    await tell(ctx, "model.stage-set", version.projectId, { model: version.model, version: version.version, stage });
    return getRegistryVersion(ctx, version.model, version.version);
  });
}

/** Says whether a release has ever named a version, or with null any version, of a model. */
export type IsReleased = (ctx: Ctx, model: string, version: number | null) => Promise<boolean>;

/** Removes a version for good. Not one that a release names: what ran must stay explainable, and can be rolled back to. */
export async function deleteVersion(ctx: Ctx, version: RegistryVersion, isReleased: IsReleased): Promise<void> {
  const { model, version: number, projectId } = version;
  await inTransaction(ctx, async (ctx) => {
    await lockModel(ctx, model);
    if (await isReleased(ctx, model, number)) throw inUse(`Version ${number} of model ${model}`);
    for (const alias of await store.removeVersions(ctx, model, number))
      await tellOfRemoved(ctx, { projectId, model, alias });
    await tell(ctx, "model.version-deleted", projectId, { model, version: number });
  });
}

export async function deleteModel(ctx: Ctx, model: RegistryModel, isReleased: IsReleased): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    await lockModel(ctx, model.name);
    if (await isReleased(ctx, model.name, null)) throw inUse(`Model ${model.name}`);
    await tell(ctx, "model.deleted", model.projectId, { model: model.name });
    await store.removeVersions(ctx, model.name, null);
    await store.removeModel(ctx, model.name);
  });
}

/** What tags are on: a model, or with a number one of its versions. */
export interface Tagged {
  readonly projectId: string;
  readonly model: string;
  readonly version: number | null;
}

export async function tagModel(ctx: Ctx, { projectId, model, version }: Tagged, key: string, value: string) {
  await inTransaction(ctx, async (ctx) => {
    await store.putTags(ctx, model, version, { [key]: value });
    if (version !== null)
      await tellWebhooks(ctx, projectId, "model_version_tag.set", {
        name: model,
        version: String(version),
        key,
        value,
      });
    await hintModel(ctx, model);
  });
}

/** Removing a tag that is not there changes nothing. */
export async function untagModel(ctx: Ctx, { projectId, model, version }: Tagged, key: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    if (!(await store.removeTag(ctx, model, version, key))) return;
    if (version !== null)
      await tellWebhooks(ctx, projectId, "model_version_tag.deleted", { name: model, version: String(version), key });
    await hintModel(ctx, model);
  });
}

export const getRegistryModel = async (ctx: Ctx, name: string): Promise<RegistryModel> => {
  const model = await findRegistryModel(ctx, name);
  if (!model) throw modelNotFound(name);
  return model;
};

const inUse = (what: string): PaveError =>
  new PaveError("model.in_use", `${what} is named by a release and cannot be deleted`, {
    fix: "Leave it; set an alias or a tag to say that it is not to be used any more",
  });

async function tell(
  ctx: Ctx,
  type: string,
  projectId: string,
  data: { readonly model: string; readonly version?: number; readonly stage?: Stage },
): Promise<void> {
  await recordEvent(ctx, { type, subjectType: "model", subjectId: data.model, projectId, data });
  await hintModel(ctx, data.model);
}
