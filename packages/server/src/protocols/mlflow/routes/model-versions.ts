import { versionLanguage } from "@pave/contract/search";
import { z } from "zod";
import type { Ctx } from "../../../db/context.ts";
import {
  artifactLocation,
  deleteVersion,
  describeVersion,
  getRegistryVersion,
  type IsReleased,
  moveToStage,
  type RegisteringAttempt,
  type RegistryVersion,
  registerSource,
  type SourceArtifacts,
  searchVersions,
  tagModel,
  untagModel,
} from "../../../modules/models/index.ts";
import { parseFilter } from "../../../modules/tracking/index.ts";
import { attributeOrders } from "../attribute-orders.ts";
import { type Endpoint, endpoint, reads, registers, registersNew } from "../endpoint.ts";
import { flag, list, pairKey, pairsOf, runId, text, upTo } from "../fields.ts";
import { versionJson } from "../json/registry-json.ts";
import { offsetOf, pageOf } from "../page-token.ts";
import type { Scope } from "../scope.ts";
import { description, stageOf, tagValue } from "./registered-models.ts";

export interface ModelVersionDeps {
  /** Where what the acting attempt makes comes from; undefined where none acts. */
  attemptOrigin(ctx: Ctx): Promise<Omit<RegisteringAttempt, "trackedRunId"> | undefined>;
  readonly artifacts: SourceArtifacts;
  readonly isReleased: IsReleased;
}

const one = z.object({
  name: text,
  version: text.regex(/^\d{1,9}$/, "expected the number of a version").transform(Number),
});
const unset = z.literal("").transform(() => undefined);
const created = z.object({
  name: text,
  source: text.min(1, "must not be empty").max(2000),
  run_id: runId.optional().or(unset),
  model_id: text.optional().or(unset),
  run_link: text.max(2000).default(""),
  tags: pairsOf(tagValue),
  description,
});
const searched = z.object({
  filter: text.optional(),
  max_results: upTo(200_000, 10_000),
  order_by: list(text, 100),
  page_token: text.optional(),
});

export const modelVersionEndpoints = (deps: ModelVersionDeps): readonly Endpoint[] => [
  endpoint(["POST", "/model-versions/create"], registersNew, created, (scope, input) => create(deps, scope, input)),
  endpoint(["GET", "/model-versions/get"], reads, one, async (scope, input) => answer(await versionOf(scope, input))),
  endpoint(["GET", "/model-versions/get-download-uri"], reads, one, async (scope, input) => ({
    artifact_uri: artifactLocation((await versionOf(scope, input)).artifactId),
  })),
  ...(["GET", "POST"] as const).map((method) => endpoint([method, "/model-versions/search"], reads, searched, search)),
  endpoint(["PATCH", "/model-versions/update"], registers, one.extend({ description }), async (scope, input) =>
    answer(await describeVersion(scope.ctx, await versionOf(scope, input), input.description)),
  ),
  endpoint(["DELETE", "/model-versions/delete"], registers, one, async (scope, input) => {
    await deleteVersion(scope.ctx, await versionOf(scope, input), deps.isReleased);
    return {};
  }),
  endpoint(
    ["POST", "/model-versions/transition-stage"],
    registers,
    one.extend({ stage: text, archive_existing_versions: flag.default(false) }),
    async (scope, input) => {
      const stage = stageOf(input.stage);
      const version = await versionOf(scope, input);
      return answer(await moveToStage(scope.ctx, version, stage, input.archive_existing_versions));
    },
  ),
  endpoint(
    ["POST", "/model-versions/set-tag"],
    registers,
    one.extend({ key: pairKey, value: tagValue }),
    async (scope, input) => {
      await tagModel(scope.ctx, await versionOf(scope, input), input.key, input.value);
      return {};
    },
  ),
  endpoint(["DELETE", "/model-versions/delete-tag"], registers, one.extend({ key: pairKey }), async (scope, input) => {
    await untagModel(scope.ctx, await versionOf(scope, input), input.key);
    return {};
  }),
];

const answer = (version: RegistryVersion) => ({ model_version: versionJson(version) });

async function versionOf(scope: Scope, input: z.output<typeof one>): Promise<RegistryVersion> {
  const { name } = await scope.registeredModel(input.name);
  return getRegistryVersion(scope.ctx, name, input.version);
}

/** Ready when it is answered: the files are here, so there is nothing that clients would have to wait for. */
async function create(deps: ModelVersionDeps, scope: Scope, input: z.output<typeof created>): Promise<object> {
  const model = await scope.registeredModel(input.name);
  const { version } = await registerSource(scope.ctx, deps.artifacts, {
    projectId: model.projectId,
    model: model.name,
    source: input.source,
    description: input.description,
    runLink: input.run_link,
    tags: input.tags,
    runId: input.run_id ?? null,
    attempt: await attemptOf(deps, scope),
  });
  return answer(await getRegistryVersion(scope.ctx, model.name, version));
}

async function attemptOf(deps: ModelVersionDeps, scope: Scope): Promise<RegisteringAttempt | null> {
  const trackedRunId = await scope.ownAttempt();
  if (trackedRunId === null) return null;
  const nowhere = { runId: null, revisionId: null, pythonEnvironmentDigest: null };
  return { trackedRunId, ...((await deps.attemptOrigin(scope.ctx)) ?? nowhere) };
}

async function search(scope: Scope, input: z.output<typeof searched>): Promise<object> {
  const found = await searchVersions(scope.ctx, {
    projectIds: await scope.searchable(),
    filter: parseFilter(versionLanguage, input.filter),
    orders: attributeOrders(versionLanguage, input.order_by),
    limit: input.max_results + 1,
    offset: offsetOf(input),
  });
  const { items, next } = pageOf(found, input);
  return { model_versions: items.map(versionJson), ...next };
}
