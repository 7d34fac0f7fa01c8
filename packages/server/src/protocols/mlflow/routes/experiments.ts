import { experimentLanguage } from "@pave/contract/search";
import { z } from "zod";
import {
  createExperiment,
  deleteExperiment,
  deleteExperimentTag,
  ensureExperiment,
  findExperimentByName,
  parseFilter,
  renameExperiment,
  restoreExperiment,
  searchExperiments,
  setExperimentTag,
  trackingNotFound,
} from "../../../modules/tracking/index.ts";
import { attributeOrders } from "../attribute-orders.ts";
import { type Endpoint, endpoint, reads, writes } from "../endpoint.ts";
import { list, pairKey, stagesOf, text, upTo, viewType } from "../fields.ts";
import { experimentJson } from "../json/experiment-json.ts";
import { invalid } from "../mlflow-error.ts";
import { offsetOf, pageOf } from "../page-token.ts";
import type { Scope } from "../scope.ts";

const byId = z.object({ experiment_id: text });
const name = text.min(1, "must not be empty").max(500, "has more than 500 characters");
const tagValue = text.max(5000, "has more than 5000 characters");

const created = z.object({
  name,
  artifact_location: text.optional(),
  tags: list(z.object({ key: pairKey, value: tagValue })),
});
const search = z.object({
  max_results: upTo(50_000, 1000),
  page_token: text.optional(),
  filter: text.optional(),
  order_by: list(text, 100),
  view_type: viewType,
});

export const experimentEndpoints: readonly Endpoint[] = [
  endpoint(["GET", "/experiments/get-by-name"], reads, z.object({ experiment_name: text }), getByName),
  endpoint(["GET", "/experiments/get"], reads, byId, async (scope, { experiment_id }) => ({
    experiment: experimentJson(await scope.experiment(experiment_id)),
  })),
  endpoint(["POST", "/experiments/create"], writes, created, create),
  ...(["POST", "GET"] as const).map((method) => endpoint([method, "/experiments/search"], reads, search, searchAll)),
  endpoint(["POST", "/experiments/update"], writes, byId.extend({ new_name: name }), async (scope, input) => {
    await renameExperiment(scope.ctx, await changeable(scope, input.experiment_id), input.new_name);
    return {};
  }),
  endpoint(["POST", "/experiments/delete"], writes, byId, async (scope, { experiment_id }) => {
    await deleteExperiment(scope.ctx, await changeable(scope, experiment_id));
    return {};
  }),
  endpoint(["POST", "/experiments/restore"], writes, byId, async (scope, { experiment_id }) => {
    await restoreExperiment(scope.ctx, await changeable(scope, experiment_id));
    return {};
  }),
  endpoint(
    ["POST", "/experiments/set-experiment-tag"],
    writes,
    byId.extend({ key: pairKey, value: tagValue }),
    async (scope, input) => {
      await setExperimentTag(scope.ctx, await changeable(scope, input.experiment_id), input.key, input.value);
      return {};
    },
  ),
  endpoint(
    ["POST", "/experiments/delete-experiment-tag"],
    writes,
    byId.extend({ key: pairKey }),
    async (scope, input) => {
      await deleteExperimentTag(scope.ctx, await changeable(scope, input.experiment_id), input.key);
      return {};
    },
  ),
];

/** An attempt has one experiment, whatever its code calls it. */
async function getByName(scope: Scope, { experiment_name }: { experiment_name: string }): Promise<object> {
  const project = await scope.project(experiment_name);
  const found = await findExperimentByName(scope.ctx, project.id, experiment_name);
  if (found) return { experiment: experimentJson(found) };
  if (experiment_name !== "Default" && scope.ctx.actor.kind !== "run")
    throw trackingNotFound(`experiment with the name '${experiment_name}' in project ${project.name}`);
  return { experiment: experimentJson(await ensureExperiment(scope.ctx, project)) };
}

async function create(scope: Scope, input: z.output<typeof created>): Promise<object> {
  const project = await scope.project(input.name);
  if (scope.ctx.actor.kind === "run") return { experiment_id: String((await ensureExperiment(scope.ctx, project)).id) };
  if (input.artifact_location)
    throw invalid("artifact_location cannot be chosen: this server keeps artifacts in its own store. Leave it out.");
  const tags = Object.fromEntries(input.tags.map(({ key, value }) => [key, value]));
  const id = await createExperiment(scope.ctx, { projectId: project.id, name: input.name, tags });
  return { experiment_id: String(id) };
}

async function searchAll(scope: Scope, input: z.output<typeof search>): Promise<object> {
  const found = await searchExperiments(scope.ctx, {
    projectIds: await scope.searchable(),
    stages: stagesOf(input.view_type),
    filter: parseFilter(experimentLanguage, input.filter),
    orders: attributeOrders(experimentLanguage, input.order_by),
    limit: input.max_results + 1,
    offset: offsetOf(input),
  });
  const { items, next } = pageOf(found, input);
  return { experiments: items.map(experimentJson), ...next };
}

async function changeable(scope: Scope, experimentId: string) {
  const experiment = await scope.experiment(experimentId);
  if (scope.ctx.actor.kind === "run") throw invalid("An attempt's code cannot change experiments.");
  return experiment;
}
