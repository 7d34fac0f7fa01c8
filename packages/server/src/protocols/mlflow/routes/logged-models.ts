import { type Filter, loggedModelLanguage } from "@pave/contract/search";
import { z } from "zod";
import {
  createLoggedModel,
  type DatasetReference,
  deleteLoggedModel,
  finishLoggedModel,
  getLoggedModel,
  getRunHead,
  type LoggedModelStatus,
  listFolder,
  logModelParams,
  parseFilter,
  parseOrders,
  searchLoggedModels,
  tagLoggedModel,
  trackingNotFound,
  untagLoggedModel,
} from "../../../modules/tracking/index.ts";
import { plainPath } from "../artifact-place.ts";
import { type Endpoint, endpoint, reads, writes } from "../endpoint.ts";
import { flag, list, loggedModelName, pairs, runId, text, upTo } from "../fields.ts";
import { loggedModelJson } from "../json/logged-model-json.ts";
import { invalid } from "../mlflow-error.ts";
import { offsetOf, pageOf } from "../page-token.ts";
import type { Scope } from "../scope.ts";

const modelId = z.object({ model: text });
const created = z.object({
  experiment_id: text.default("0"),
  name: loggedModelName.optional().or(z.literal("").transform(() => undefined)),
  model_type: text.max(500).default(""),
  source_run_id: runId.optional().or(z.literal("").transform(() => undefined)),
  params: pairs,
  tags: pairs,
});
const statusNames = [
  "UNSPECIFIED",
  "LOGGED_MODEL_PENDING",
  "LOGGED_MODEL_READY",
  "LOGGED_MODEL_UPLOAD_FAILED",
] as const;
const status = z.preprocess(
  (value) => (/^\d$/.test(String(value)) ? statusNames[Number(value)] : value),
  z.enum(statusNames.slice(1) as ["LOGGED_MODEL_PENDING", "LOGGED_MODEL_READY", "LOGGED_MODEL_UPLOAD_FAILED"]),
);
const dataset = z.object({ dataset_name: text, dataset_digest: text.optional() });
const searched = z.object({
  experiment_ids: list(text),
  filter: text.optional(),
  datasets: list(dataset, 100),
  max_results: upTo(50_000, 100),
  order_by: list(
    z.object({
      field_name: text,
      ascending: flag.default(true),
      dataset_name: text.optional(),
      dataset_digest: text.optional(),
    }),
    100,
  ),
  page_token: text.optional(),
});

export const loggedModelEndpoints: readonly Endpoint[] = [
  endpoint(["POST", "/logged-models"], writes, created, create),
  endpoint(["POST", "/logged-models/search"], reads, searched, search),
  endpoint(["GET", "/logged-models/:model"], reads, modelId.extend({ allow_deleted: flag.default(false) }), get),
  endpoint(["PATCH", "/logged-models/:model"], writes, modelId.extend({ status }), async (scope, input) => {
    const model = await scope.loggedModel(input.model);
    const to = input.status.replace("LOGGED_MODEL_", "") as LoggedModelStatus;
    return { model: loggedModelJson(await finishLoggedModel(scope.ctx, model, to, await scope.ownAttempt())) };
  }),
  endpoint(["DELETE", "/logged-models/:model"], writes, modelId, async (scope, input) => {
    await deleteLoggedModel(scope.ctx, await scope.loggedModel(input.model), await scope.ownAttempt());
    return {};
  }),
  endpoint(["PATCH", "/logged-models/:model/tags"], writes, modelId.extend({ tags: pairs }), async (scope, input) => {
    const model = await scope.loggedModel(input.model);
    return { model: loggedModelJson(await tagLoggedModel(scope.ctx, model, input.tags, await scope.ownAttempt())) };
  }),
  endpoint(
    ["DELETE", "/logged-models/:model/tags/:tag"],
    writes,
    modelId.extend({ tag: text }),
    async (scope, input) => {
      await untagLoggedModel(scope.ctx, await scope.loggedModel(input.model), input.tag, await scope.ownAttempt());
      return {};
    },
  ),
  endpoint(
    ["POST", "/logged-models/:model/params"],
    writes,
    modelId.extend({ params: pairs }),
    async (scope, input) => {
      await logModelParams(scope.ctx, await scope.loggedModel(input.model), input.params, await scope.ownAttempt());
      return {};
    },
  ),
  endpoint(
    ["GET", "/logged-models/:model/artifacts/directories"],
    reads,
    modelId.extend({ artifact_directory_path: text.default("") }),
    listFiles,
  ),
];

async function create(scope: Scope, input: z.output<typeof created>): Promise<object> {
  const ownAttempt = await scope.ownAttempt();
  const sourceRunId = input.source_run_id ?? ownAttempt;
  const run = sourceRunId === null ? null : await scope.run(sourceRunId);
  const isOwn = run === null || ownAttempt === null || [run.runId, run.attemptRunId].includes(ownAttempt);
  if (!isOwn) throw invalid(`Run ${sourceRunId} is not below this attempt`);
  // a model is where its run is: an attempt's run is in the attempt's experiment whatever its code says
  const experimentId =
    ownAttempt === null ? input.experiment_id : String((await getRunHead(scope.ctx, ownAttempt)).experimentId);
  const experiment = await scope.experiment(experimentId);
  const model = await createLoggedModel(scope.ctx, experiment, {
    name: input.name ?? "model",
    modelType: input.model_type,
    sourceRunId: run?.projectId === experiment.projectId ? run.runId : null,
    attemptRunId: ownAttempt,
    params: input.params,
    tags: input.tags,
  });
  return { model: loggedModelJson(model) };
}

async function get(scope: Scope, input: { model: string; allow_deleted: boolean }): Promise<object> {
  const model = await getLoggedModel(scope.ctx, input.model);
  await scope.assertOn({ id: model.projectId, name: model.project }, `logged model ${input.model}`);
  if (model.isDeleted && !input.allow_deleted) throw trackingNotFound(`logged model ${input.model}`);
  return { model: loggedModelJson(model) };
}

async function search(scope: Scope, input: z.output<typeof searched>): Promise<object> {
  const experimentIds = await scope.experimentIds(input.experiment_ids);
  const found = await searchLoggedModels(scope.ctx, {
    experimentIds,
    filter: withStatus(parseFilter(loggedModelLanguage, input.filter)),
    datasets: input.datasets.map(toDataset),
    orders: input.order_by.map(orderOf),
    limit: input.max_results + 1,
    offset: offsetOf(input),
  });
  const { items, next } = pageOf(found, input);
  return { models: items.map(loggedModelJson), ...next };
}

function orderOf(order: z.output<typeof searched>["order_by"][number]) {
  const [parsed] = parseOrders(loggedModelLanguage, [order.field_name]);
  if (!parsed || parsed.on === "param" || parsed.on === "tag")
    throw invalid(`Models are ordered by metrics or attributes, not by '${order.field_name}'`);
  const dataset = order.dataset_name === undefined ? null : toDataset({ ...order, dataset_name: order.dataset_name });
  return { on: parsed.on, key: parsed.key, descending: !order.ascending, dataset };
}

const toDataset = (given: { dataset_name: string; dataset_digest?: string | undefined }): DatasetReference => ({
  name: given.dataset_name,
  digest: given.dataset_digest || null,
});

/** Statuses are kept without the prefix that the protocol gives them, and clients ask with and without it. */
function withStatus<On extends string>(filter: Filter<On>): Filter<On> {
  if (filter.type === "not") return { type: "not", of: withStatus(filter.of) };
  if (filter.type !== "condition") return { type: filter.type, of: filter.of.map(withStatus) };
  const { on, key, value } = filter.condition;
  if (on !== "attribute" || key !== "status" || value === null || typeof value === "number") return filter;
  const strip = (text: string) => text.replace("LOGGED_MODEL_", "");
  return {
    type: "condition",
    condition: { ...filter.condition, value: typeof value === "string" ? strip(value) : value.map(strip) },
  };
}

async function listFiles(scope: Scope, input: { model: string; artifact_directory_path: string }): Promise<object> {
  const model = await getLoggedModel(scope.ctx, (await scope.loggedModel(input.model)).modelId);
  const folder = plainPath(input.artifact_directory_path);
  const entries = await listFolder(scope.ctx, model.modelId, folder);
  return {
    root_uri: model.artifactUri,
    files: entries.map(({ name, isFolder, size }) => ({
      path: folder === "" ? name : `${folder}/${name}`,
      is_dir: isFolder,
      ...(size === null ? {} : { file_size: size }),
    })),
  };
}
