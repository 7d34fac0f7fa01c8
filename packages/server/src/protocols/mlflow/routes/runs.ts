import { runLanguage } from "@pave/contract/search";
import { z } from "zod";
import {
  findRunPlaces,
  moveClientRun,
  parseFilter,
  parseOrders,
  type RunHead,
  readRunTexts,
  startAttemptRun,
  startClientRun,
  trackedStatuses,
  trackingNotFound,
  updateClientRun,
} from "../../../modules/tracking/index.ts";
import { type Endpoint, endpoint, type JsonText, reads, writes } from "../endpoint.ts";
import { byName, list, pairs, runId, stagesOf, text, timestamp, upTo, viewType } from "../fields.ts";
import { runInfoJson, runJson, runText } from "../json/run-json.ts";
import { invalid } from "../mlflow-error.ts";
import { readPageToken, writePageToken } from "../page-token.ts";
import type { Scope } from "../scope.ts";

/** Clients send the id under its old name as well, very old ones under that alone. */
export const ofRun = <T extends z.ZodRawShape>(shape: T) =>
  z.preprocess(
    (value) => {
      const { run_uuid, ...rest } = value as Record<string, unknown>;
      return { ...(run_uuid === undefined ? {} : { run_id: run_uuid }), ...rest };
    },
    z.object({ run_id: runId, ...shape }),
  );

const createInput = z.object({
  experiment_id: text.default("0"),
  user_id: text.max(256, "has more than 256 characters").default(""),
  run_name: text.optional(),
  start_time: timestamp.optional(),
  tags: pairs,
});
/** Where a page of runs begins: after this run, which stands there in the order. */
const placeSchema = z.object({
  keys: z.array(z.object({ rank: z.number().int().min(0).max(2), value: z.string().nullable() })).max(100),
  startTime: z.number().int().min(0),
  runId,
});

const searchInput = z.object({
  experiment_ids: list(text),
  filter: text.optional(),
  run_view_type: viewType,
  max_results: upTo(50_000, 1000),
  order_by: list(text, 100),
  page_token: text.optional(),
});

export const runEndpoints: readonly Endpoint[] = [
  endpoint(["POST", "/runs/create"], writes, createInput, create),
  endpoint(["GET", "/runs/get"], reads, ofRun({}), async (scope, { run_id }) => {
    const [run] = await readRunTexts(scope.ctx, [run_id]);
    if (!run) throw trackingNotFound(`run ${run_id}`);
    await scope.assertOn({ id: run.head.projectId, name: run.head.project }, `run ${run_id}`);
    return `{"run":${runText(run)}}`;
  }),
  endpoint(
    ["POST", "/runs/update"],
    writes,
    ofRun({
      status: byName(trackedStatuses).optional(),
      end_time: timestamp.optional(),
      run_name: text.optional(),
    }),
    async (scope, input) => {
      const run = await scope.run(input.run_id);
      const change = {
        status: input.status,
        endTime: input.end_time ? new Date(input.end_time) : undefined,
        name: input.run_name || undefined,
      };
      return { run_info: runInfoJson(await updateClientRun(scope.ctx, run, change, await scope.ownAttempt())) };
    },
  ),
  endpoint(["POST", "/runs/delete"], writes, ofRun({}), (scope, { run_id }) => move(scope, run_id, "deleted")),
  endpoint(["POST", "/runs/restore"], writes, ofRun({}), (scope, { run_id }) => move(scope, run_id, "active")),
  ...(["POST", "GET"] as const).map((method) => endpoint([method, "/runs/search"], reads, searchInput, search)),
];

async function create(scope: Scope, input: z.output<typeof createInput>): Promise<object> {
  const { "mlflow.runName": tagName, ...tags } = input.tags;
  if (input.run_name && tagName !== undefined && tagName !== input.run_name)
    throw invalid(
      `Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='${input.run_name}', mlflow.runName='${tagName}').`,
    );
  const name = input.run_name || tagName;
  const run = {
    ...(name ? { name } : {}),
    userName: input.user_id || (input.tags["mlflow.user"] ?? ""),
    startTime: input.start_time ? new Date(input.start_time) : scope.ctx.clock.now(),
    tags,
  };
  const ownAttempt = await scope.ownAttempt();
  if (ownAttempt !== null) return { run: runJson(await startAttemptRun(scope.ctx, ownAttempt, run)) };
  return { run: runJson(await startClientRun(scope.ctx, await scope.experiment(input.experiment_id), run)) };
}

async function move(scope: Scope, id: string, stage: "active" | "deleted"): Promise<object> {
  const run: RunHead = await scope.run(id);
  await moveClientRun(scope.ctx, run, stage, await scope.ownAttempt());
  return {};
}

async function search(scope: Scope, input: z.output<typeof searchInput>): Promise<JsonText> {
  const after = readPageToken(placeSchema, input);
  const filter = parseFilter(runLanguage, input.filter);
  const orders = parseOrders(runLanguage, input.order_by).map((order) => {
    if (order.on === "dataset") throw invalid(`Runs cannot be ordered by datasets.${order.key}`);
    return { ...order, on: order.on };
  });
  const places = await findRunPlaces(scope.ctx, {
    experimentIds: await scope.experimentIds(input.experiment_ids),
    stages: stagesOf(input.run_view_type),
    filter,
    orders,
    limit: input.max_results + 1,
    after,
  });
  const page = places.slice(0, input.max_results);
  const ids = page.map(({ runId }) => runId);
  const runs = (await readRunTexts(scope.ctx, ids)).map(runText);
  const next =
    places.length > page.length ? `,"next_page_token":${JSON.stringify(writePageToken(input, page.at(-1)))}` : "";
  return `{"runs":[${runs.join(",")}]${next}}`;
}
