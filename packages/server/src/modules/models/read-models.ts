import type { Artifact, FileEntry, Metrics, PrincipalRef } from "@pave/contract";
import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";
import type { ModelVersionRow } from "./model-version.ts";

/* What the pages about models show; each list is one query. */

export interface ModelView {
  readonly name: string;
  readonly projectId: string;
  readonly project: string;
  readonly description: string;
  readonly createdAt: Date;
  readonly aliases: Readonly<Record<string, string>>;
  readonly latestVersion: number | null;
  readonly versions: number;
}

export async function readModels(ctx: Ctx, projectId: string, name?: string): Promise<ModelView[]> {
  let query = ctx.db
    .selectFrom("registered_models as m")
    .innerJoin("projects as j", "j.id", "m.project_id")
    .select((eb) => [
      "m.name as name",
      "m.project_id as projectId",
      "j.name as project",
      "m.description as description",
      "m.created_at as createdAt",
      eb
        .selectFrom("model_aliases as a")
        .whereRef("a.model", "=", "m.name")
        .select(sql<Record<string, string>>`coalesce(jsonb_object_agg(a.alias, a.version::text), '{}')`.as("aliases"))
        .as("aliases"),
      eb
        .selectFrom("model_versions as v")
        .whereRef("v.model", "=", "m.name")
        .where("v.status", "=", "READY")
        .select((v) => v.fn.max("v.version").as("latest"))
        .as("latestVersion"),
      eb
        .selectFrom("model_versions as v")
        .whereRef("v.model", "=", "m.name")
        .select((v) => v.fn.countAll<number>().as("count"))
        .as("versions"),
    ])
    .where("m.project_id", "=", projectId);
  if (name !== undefined) query = query.where("m.name", "=", name);
  return (await query.orderBy("m.name").execute()) as ModelView[];
}

export interface VersionSummaryView {
  readonly model: string;
  readonly version: number;
  readonly project: string;
  readonly createdAt: Date;
  readonly createdBy: PrincipalRef;
  readonly aliases: readonly string[];
  readonly status: ModelVersionRow["status"];
  readonly metrics: Metrics;
  readonly runNumber: number | null;
  readonly digest: string;
  readonly bytes: number;
}

const summaryQuery = (ctx: Ctx) =>
  ctx.db
    .selectFrom("model_versions as v")
    .innerJoin("projects as j", "j.id", "v.project_id")
    .innerJoin("principals as p", "p.id", "v.created_by")
    .innerJoin("artifacts as a", "a.id", "v.artifact_id")
    .leftJoin("runs as r", "r.id", "v.run_id")
    .select((eb) => [
      "v.model as model",
      "v.version as version",
      "j.name as project",
      "v.created_at as createdAt",
      sql<PrincipalRef>`jsonb_build_object('id', p.id, 'kind', p.kind, 'name', p.name)`.as("createdBy"),
      eb
        .selectFrom("model_aliases as l")
        .whereRef("l.model", "=", "v.model")
        .whereRef("l.version", "=", "v.version")
        .select(sql<string[]>`coalesce(jsonb_agg(l.alias order by l.alias), '[]')`.as("aliases"))
        .as("aliases"),
      "v.status as status",
      "v.metrics as metrics",
      "r.number as runNumber",
      "v.digest as digest",
      "a.bytes as bytes",
    ]);

/** Newest first, those before version `before`. */
export async function readVersions(
  ctx: Ctx,
  model: string,
  page: { readonly limit: number; readonly before: number | null },
): Promise<VersionSummaryView[]> {
  let query = summaryQuery(ctx).where("v.model", "=", model);
  if (page.before !== null) query = query.where("v.version", "<", page.before);
  return (await query.orderBy("v.version", "desc").limit(page.limit).execute()) as VersionSummaryView[];
}

export async function readVersionSummary(
  ctx: Ctx,
  model: string,
  version: number,
): Promise<VersionSummaryView | undefined> {
  const query = summaryQuery(ctx).where("v.model", "=", model).where("v.version", "=", version);
  return (await query.executeTakeFirst()) as VersionSummaryView | undefined;
}

export interface VersionOrigin {
  readonly runNumber: number | null;
  readonly pipeline: string | null;
  readonly revisionId: string | null;
  readonly revisionNumber: number | null;
  readonly revisionDigest: string | null;
  readonly git: unknown;
  readonly tags: Readonly<Record<string, string>>;
  readonly testDigest: string | null;
}

export async function readOrigin(ctx: Ctx, version: ModelVersionRow): Promise<VersionOrigin> {
  return (await ctx.db
    .selectFrom("model_versions as v")
    .leftJoin("runs as r", "r.id", "v.run_id")
    .leftJoin("revisions as n", "n.id", "v.revision_id")
    .leftJoin("artifacts as t", "t.id", "v.test_artifact_id")
    .select((eb) => [
      "r.number as runNumber",
      "r.pipeline as pipeline",
      "n.id as revisionId",
      "n.number as revisionNumber",
      "n.digest as revisionDigest",
      "n.git as git",
      "t.digest as testDigest",
      eb
        .selectFrom("model_tags as g")
        .whereRef("g.model", "=", "v.model")
        .whereRef("g.version", "=", "v.version")
        .select(sql<Record<string, string>>`coalesce(jsonb_object_agg(g.key, g.value), '{}')`.as("tags"))
        .as("tags"),
    ])
    .where("v.model", "=", version.model)
    .where("v.version", "=", version.version)
    .executeTakeFirstOrThrow()) as VersionOrigin;
}

/** Artifacts with the run and step that made them, by id. */
export async function readArtifacts(ctx: Ctx, ids: readonly string[]): Promise<ReadonlyMap<string, Artifact>> {
  if (ids.length === 0) return new Map();
  const rows = await ctx.db
    .selectFrom("artifacts as a")
    .leftJoin("attempts as t", "t.id", "a.attempt_id")
    .leftJoin("steps as s", "s.id", "t.step_id")
    .leftJoin("runs as r", "r.id", "s.run_id")
    .select([
      "a.id as id",
      "a.digest as digest",
      "a.type as type",
      "a.format as format",
      "a.name as name",
      "a.bytes as bytes",
      "a.files as files",
      "a.metadata as metadata",
      "a.created_at as createdAt",
      "r.number as runNumber",
      "s.name as step",
    ])
    .where("a.id", "in", [...new Set(ids)])
    .execute();
  return new Map(
    rows.map(({ runNumber, step, createdAt, ...row }) => [
      row.id,
      {
        ...row,
        files: row.files as FileEntry[],
        metadata: row.metadata as Record<string, unknown>,
        createdAt: createdAt.toISOString(),
        run: runNumber === null || step === null ? null : { number: runNumber, step },
      },
    ]),
  );
}
