import { modelLanguage } from "@pave/contract/search";
import { z } from "zod";
import {
  createModel,
  deleteAlias,
  deleteModel,
  describeModel,
  findLatestVersions,
  findRegistryModel,
  getVersionByAlias,
  type IsReleased,
  type ModelNames,
  promptTag,
  type RegistryModel,
  renameModel,
  searchModels,
  setAlias,
  stages,
  tagModel,
  untagModel,
} from "../../../modules/models/index.ts";
import { parseFilter } from "../../../modules/tracking/index.ts";
import { attributeOrders } from "../attribute-orders.ts";
import { type Endpoint, endpoint, reads, registers, registersNew } from "../endpoint.ts";
import { list, modelName, pairKey, pairsOf, text, upTo } from "../fields.ts";
import { modelJson, versionJson } from "../json/registry-json.ts";
import { invalid, MlflowError } from "../mlflow-error.ts";
import { offsetOf, pageOf } from "../page-token.ts";
import type { Scope } from "../scope.ts";

const named = z.object({ name: text });
const aliased = named.extend({ alias: text });
const tagged = named.extend({ key: pairKey });
export const tagValue = text.max(100_000, "has more than 100000 characters").default("");
export const description = text.max(100_000, "has more than 100000 characters").default("");
const created = z.object({ name: modelName, tags: pairsOf(tagValue), description });
const searched = z.object({
  filter: text.optional(),
  max_results: upTo(1000, 100),
  order_by: list(text, 100),
  page_token: text.optional(),
});

export interface RegisteredModelDeps {
  readonly isReleased: IsReleased;
  readonly modelNames: ModelNames;
}

export const registeredModelEndpoints = (deps: RegisteredModelDeps): readonly Endpoint[] => [
  endpoint(["POST", "/registered-models/create"], registersNew, created, create),
  endpoint(["GET", "/registered-models/get"], reads, named, async (scope, input) =>
    answer(scope, await scope.registeredModel(input.name)),
  ),
  endpoint(["PATCH", "/registered-models/update"], registers, named.extend({ description }), async (scope, input) =>
    answer(scope, await describeModel(scope.ctx, await scope.registeredModel(input.name), input.description)),
  ),
  endpoint(
    ["POST", "/registered-models/rename"],
    registers,
    named.extend({ new_name: modelName }),
    async (scope, input) =>
      answer(
        scope,
        await renameModel(scope.ctx, deps.modelNames, await scope.registeredModel(input.name), input.new_name),
      ),
  ),
  endpoint(["DELETE", "/registered-models/delete"], registers, named, async (scope, input) => {
    await deleteModel(scope.ctx, await scope.registeredModel(input.name), deps.isReleased);
    return {};
  }),
  ...(["GET", "POST"] as const).map((method) =>
    endpoint([method, "/registered-models/search"], reads, searched, search),
  ),
  ...(["POST", "GET"] as const).map((method) =>
    endpoint([method, "/registered-models/get-latest-versions"], reads, named.extend({ stages: list(text) }), latest),
  ),
  endpoint(
    ["POST", "/registered-models/set-tag"],
    registers,
    tagged.extend({ value: tagValue }),
    async (scope, input) => {
      await tagModel(scope.ctx, await taggedModel(scope, input.name), input.key, input.value);
      return {};
    },
  ),
  endpoint(["DELETE", "/registered-models/delete-tag"], registers, tagged, async (scope, input) => {
    await untagModel(scope.ctx, await taggedModel(scope, input.name), input.key);
    return {};
  }),
  endpoint(["POST", "/registered-models/alias"], registers, aliased.extend({ version: text }), async (scope, input) => {
    const { projectId, name } = await scope.registeredModel(input.name);
    if (!/^\d{1,9}$/.test(input.version))
      throw invalid(
        `Invalid value "${input.version}" for parameter 'version' supplied: expected the number of a version`,
      );
    await setAlias(scope.ctx, { projectId, model: name, alias: input.alias, version: input.version });
    return {};
  }),
  endpoint(["DELETE", "/registered-models/alias"], registers, aliased, async (scope, input) => {
    const { projectId, name } = await scope.registeredModel(input.name);
    await deleteAlias(scope.ctx, { projectId, model: name, alias: input.alias });
    return {};
  }),
  endpoint(["GET", "/registered-models/alias"], reads, aliased, async (scope, input) => {
    const { name } = await scope.registeredModel(input.name);
    const version = await getVersionByAlias(scope.ctx, name, input.alias);
    if (!version) throw invalid(`Registered model alias ${input.alias} not found.`);
    return { model_version: versionJson(version) };
  }),
];

/** A stage in whatever case; throws for one that there is not. */
export function stageOf(name: string): (typeof stages)[number] {
  const stage = stages.find((known) => known.toLowerCase() === name.toLowerCase());
  if (stage) return stage;
  throw invalid(`Invalid Model Version stage: ${name}. Value must be one of ${stages.join(", ")}.`);
}

async function taggedModel(scope: Scope, named: string) {
  const { projectId, name: model } = await scope.registeredModel(named);
  return { projectId, model, version: null };
}

async function answer(scope: Scope, model: RegistryModel): Promise<object> {
  return { registered_model: modelJson(model, await findLatestVersions(scope.ctx, [model.name])) };
}

/** A model that is there already says so before it asks which project is meant: clients go on then. */
async function create(scope: Scope, input: z.output<typeof created>): Promise<object> {
  // before anything is made: its versions have no files, and so none could follow
  if (input.tags[promptTag] === "true")
    throw new MlflowError("ENDPOINT_NOT_FOUND", "Prompts are not supported; /docs/mlflow lists what is");
  const known = await findRegistryModel(scope.ctx, input.name);
  const isMine =
    known &&
    (await scope.assertOn({ id: known.projectId, name: known.project }, "").then(
      () => true,
      () => false,
    ));
  const project = known && isMine ? { id: known.projectId } : await scope.project(input.name);
  const model = await createModel(scope.ctx, { ...input, projectId: project.id });
  return { registered_model: modelJson(model, []) };
}

async function search(scope: Scope, input: z.output<typeof searched>): Promise<object> {
  const found = await searchModels(scope.ctx, {
    projectIds: await scope.searchable(),
    filter: parseFilter(modelLanguage, input.filter),
    orders: attributeOrders(modelLanguage, input.order_by),
    limit: input.max_results + 1,
    offset: offsetOf(input),
  });
  const { items, next } = pageOf(found, input);
  const versions = await findLatestVersions(
    scope.ctx,
    items.map(({ name }) => name),
  );
  return {
    registered_models: items.map((model) => modelJson(model, versions)),
    ...next,
  };
}

async function latest(scope: Scope, input: { name: string; stages: string[] }): Promise<object> {
  const { name } = await scope.registeredModel(input.name);
  const wanted = input.stages.map((stage) => stageOf(stage).toLowerCase());
  const versions = await findLatestVersions(scope.ctx, [name]);
  const chosen = versions.filter(({ stage }) => wanted.length === 0 || wanted.includes(stage.toLowerCase()));
  return { model_versions: chosen.map(versionJson) };
}
