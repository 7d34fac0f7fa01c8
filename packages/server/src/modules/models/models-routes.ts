import type { ModelVersion, VersionRelease } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import type { Handlers } from "../../http/handlers.ts";
import { must } from "../../kernel/pave-error.ts";
import { resolveProject } from "../access/index.ts";
import type { Artifacts } from "../artifacts/index.ts";
import { readAliasChanges } from "./alias-changes.ts";
import { compareFacts } from "./compare-versions.ts";
import { getVersion, modelNotFound } from "./find-version.ts";
import { findLoggingRun } from "./logging-run.ts";
import { checkStateOf, type ModelVersionRow } from "./model-version.ts";
import {
  type ModelView,
  readArtifacts,
  readModels,
  readOrigin,
  readVersionSummary,
  readVersions,
  type VersionSummaryView,
} from "./read-models.ts";
import { getRegistryVersion } from "./registry-models.ts";
import { deleteAlias, setAlias } from "./set-alias.ts";
import { showProfile } from "./show-profile.ts";
import { readVersionFacts } from "./version-facts.ts";
import { versionMetrics } from "./version-metrics.ts";

/** Where versions run now, by `name@version`. */
export type LiveVersions = (
  ctx: Ctx,
  projectId: string,
) => Promise<ReadonlyMap<string, readonly { readonly environment: string; readonly deployment: string }[]>>;

/** The newest releases of a version, whatever became of them. */
export type VersionReleases = (
  ctx: Ctx,
  version: Pick<ModelVersionRow, "projectId" | "model" | "version">,
) => Promise<VersionRelease[]>;

export interface ModelsRoutesDeps {
  readonly artifacts: Pick<Artifacts, "readBlob">;
  /** Deployments are a higher module's: it says where versions are live. */
  readonly liveVersions: LiveVersions;
  readonly versionReleases: VersionReleases;
}

const maxReportBytes = 4 * 2 ** 20;

export function modelsRoutes({
  artifacts,
  liveVersions,
  versionReleases,
}: ModelsRoutesDeps): Handlers & Required<Pick<Handlers, "getModelVersion">> {
  /** The model, which must be this project's; another project's is as unknown as one that does not exist. */
  const modelOf = async (ctx: Ctx, params: { project: string; model: string }): Promise<ModelView> => {
    const project = await resolveProject(ctx, params.project);
    const model = (await readModels(ctx, project.id, params.model))[0];
    if (!model) throw modelNotFound(params.model);
    return model;
  };

  const readReport = async (ctx: Ctx, version: ModelVersionRow): Promise<unknown> => {
    const artifactId = version.lineage.evaluation?.reportArtifactId;
    if (!artifactId) return null;
    const artifact = (await readArtifacts(ctx, [artifactId])).get(artifactId);
    const file = artifact?.files.find(({ path }) => path.endsWith(".json"));
    if (!file) return null;
    try {
      return JSON.parse((await artifacts.readBlob(ctx, file.digest, maxReportBytes)).toString("utf8"));
    } catch (error) {
      ctx.log.warn({ artifactId, error }, "the report of an evaluation cannot be read");
      return null;
    }
  };

  const readVersion = async (ctx: Ctx, version: ModelVersionRow): Promise<ModelVersion> => {
    const { evaluationArtifactId, lineage } = version;
    const [registered, trackedRun, summary, origin, found, live, releases, report, metrics] = await Promise.all([
      getRegistryVersion(ctx, version.model, version.version),
      findLoggingRun(ctx, version),
      readVersionSummary(ctx, version.model, version.version),
      readOrigin(ctx, version),
      readArtifacts(ctx, [version.artifactId, ...(evaluationArtifactId === null ? [] : [evaluationArtifactId])]),
      liveVersions(ctx, version.projectId),
      versionReleases(ctx, version),
      readReport(ctx, version),
      versionMetrics(ctx, version),
    ]);
    const evaluation = evaluationArtifactId === null ? null : (found.get(evaluationArtifactId) ?? null);
    return {
      ...toSummary(must(summary, "the version's summary"), live),
      metrics,
      description: version.description,
      tags: { ...origin.tags },
      signature:
        version.signature === null
          ? null
          : { inputs: [...version.signature.inputs], outputs: [...version.signature.outputs] },
      inputExample: version.inputExample ?? null,
      check: version.check?.ok ? checkOf(version.check) : null,
      serving: checkStateOf(version),
      card: version.card,
      artifact: must(found.get(version.artifactId), "the model's artifact"),
      stage: registered.stage,
      releases,
      evaluation: lineage.evaluation === null ? null : { artifact: evaluation, testDigest: origin.testDigest, report },
      lineage: {
        run:
          origin.runNumber === null || origin.pipeline === null
            ? null
            : { number: origin.runNumber, pipeline: origin.pipeline },
        trackedRun,
        loggedModel: version.loggedModelId,
        revision:
          origin.revisionId === null || origin.revisionNumber === null || origin.revisionDigest === null
            ? null
            : {
                id: origin.revisionId,
                number: origin.revisionNumber,
                digest: origin.revisionDigest,
                git: origin.git ?? null,
              },
        datasets: lineage.datasets.map((dataset) => ({ ...dataset })),
        pythonEnvironment: version.pythonEnvironmentDigest,
        components: lineage.components.map((component) => ({ ...component })),
      },
    };
  };

  const getModelVersion: NonNullable<Handlers["getModelVersion"]> = async (ctx, { params }) => {
    const model = await modelOf(ctx, params);
    return readVersion(ctx, await getVersion(ctx, model.name, params.version));
  };

  return {
    getModelVersion,
    async listModels(ctx, { params }) {
      const project = await resolveProject(ctx, params.project);
      return { items: (await readModels(ctx, project.id)).map(toModel) };
    },
    async listModelVersions(ctx, { params, query }) {
      const model = await modelOf(ctx, params);
      const before = query.before === undefined ? null : Number.parseInt(query.before, 10) || 0;
      const rows = await readVersions(ctx, model.name, { limit: query.limit + 1, before });
      const live = await liveVersions(ctx, model.projectId);
      const items = rows.slice(0, query.limit).map((row) => toSummary(row, live));
      return { items, next: rows.length > query.limit ? (items.at(-1)?.version ?? null) : null };
    },
    async getVersionProfile(ctx, { params }) {
      const model = await modelOf(ctx, params);
      return showProfile(ctx, await getVersion(ctx, model.name, params.version));
    },
    async compareModelVersions(ctx, { params, query }) {
      const model = await modelOf(ctx, params);
      const versions = [
        await getVersion(ctx, model.name, params.version),
        await getVersion(ctx, model.name, query.with),
      ];
      const live = await liveVersions(ctx, model.projectId);
      const [left, right] = await Promise.all(
        versions.map(async (version) => ({
          facts: await readVersionFacts(ctx, version),
          summary: toSummary(must(await readVersionSummary(ctx, model.name, version.version), "its summary"), live),
        })),
      );
      const [one, other] = [must(left, "the version"), must(right, "the other version")];
      return { left: one.summary, right: other.summary, rows: compareFacts(one.facts, other.facts) };
    },
    async listAliasChanges(ctx, { params, query }) {
      const model = await modelOf(ctx, params);
      const before = query.before === undefined ? null : Number.parseInt(query.before, 10) || 0;
      return readAliasChanges(ctx, model.name, { limit: query.limit, before });
    },
    async setAlias(ctx, { params, body }) {
      const { projectId, name } = await modelOf(ctx, params);
      await setAlias(ctx, { projectId, model: name, alias: params.alias, version: body.version });
      return toModel(await modelOf(ctx, params));
    },
    async deleteAlias(ctx, { params }) {
      const { projectId, name } = await modelOf(ctx, params);
      await deleteAlias(ctx, { projectId, model: name, alias: params.alias });
      return toModel(await modelOf(ctx, params));
    },
  };
}

const checkOf = ({ rows, maxDifference, loadMs, p50Ms }: NonNullable<ModelVersionRow["check"]>) => ({
  rows,
  maxDifference,
  loadMs,
  p50Ms,
});

const toModel = ({ projectId: _, ...model }: ModelView) => ({
  ...model,
  aliases: { ...model.aliases },
  createdAt: model.createdAt.toISOString(),
  latestVersion: model.latestVersion === null ? null : String(model.latestVersion),
});

const toSummary = (row: VersionSummaryView, live: Awaited<ReturnType<LiveVersions>>) => ({
  name: row.model,
  version: String(row.version),
  project: row.project,
  createdAt: row.createdAt.toISOString(),
  createdBy: row.createdBy,
  aliases: [...row.aliases],
  status: row.status,
  metrics: row.metrics,
  run: row.runNumber === null ? null : { number: row.runNumber },
  digest: row.digest,
  bytes: row.bytes,
  live: (live.get(`${row.model}@${row.version}`) ?? []).map((place) => ({ ...place })),
});
