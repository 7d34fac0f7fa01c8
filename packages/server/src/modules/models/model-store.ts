import type { ModelCheck } from "@pave/contract";
import { sql } from "kysely";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";
import type { ModelVersionRow, NewModelVersion } from "./model-version.ts";

const versionColumns = [
  "v.model as model",
  "v.version as version",
  "v.project_id as projectId",
  "v.artifact_id as artifactId",
  "v.digest as digest",
  "v.status as status",
  "v.status_message as statusMessage",
  "v.description as description",
  "v.card as card",
  "v.source as source",
  "v.tracked_run_id as trackedRunId",
  "v.run_id as runId",
  "v.attempt_id as attemptId",
  "v.revision_id as revisionId",
  "v.python_environment_digest as pythonEnvironmentDigest",
  "v.evaluation_artifact_id as evaluationArtifactId",
  "v.test_artifact_id as testArtifactId",
  "v.evaluate_component as evaluateComponent",
  "v.metrics as metrics",
  "v.signature as signature",
  "v.input_example as inputExample",
  "v.model_check as check",
  "v.check_asked_at as checkAskedAt",
  "v.logged_model_id as loggedModelId",
  "v.lineage as lineage",
  "v.created_at as createdAt",
  "v.created_by as createdBy",
] as const;

const versionQuery = (ctx: Ctx) => ctx.db.selectFrom("model_versions as v").select(versionColumns);

export async function findVersion(ctx: Ctx, model: string, version: number): Promise<ModelVersionRow | undefined> {
  const query = versionQuery(ctx).where("v.model", "=", model).where("v.version", "=", version);
  return (await query.executeTakeFirst()) as ModelVersionRow | undefined;
}

export async function findVersionByAlias(ctx: Ctx, model: string, alias: string): Promise<ModelVersionRow | undefined> {
  const query = versionQuery(ctx)
    .innerJoin("model_aliases as a", (join) =>
      join.onRef("a.model", "=", "v.model").onRef("a.version", "=", "v.version"),
    )
    .where("v.model", "=", model)
    .where("a.alias", "=", alias);
  return (await query.executeTakeFirst()) as ModelVersionRow | undefined;
}

/** What an attempt made, judged by an evaluation of the same content; the newest. */
export async function findVersionByAttempt(
  ctx: Ctx,
  model: string,
  made: { readonly attemptId: string; readonly evaluationArtifactId: string | null },
): Promise<ModelVersionRow | undefined> {
  const query = versionQuery(ctx)
    .leftJoin("artifacts as e", "e.id", "v.evaluation_artifact_id")
    .where("v.model", "=", model)
    .where("v.attempt_id", "=", made.attemptId)
    .where("e.digest", "is not distinct from", (eb) =>
      eb.selectFrom("artifacts as a").select("a.digest").where("a.id", "=", made.evaluationArtifactId),
    )
    .orderBy("v.version", "desc")
    .limit(1);
  return (await query.executeTakeFirst()) as ModelVersionRow | undefined;
}

export async function findLatestReady(ctx: Ctx, model: string): Promise<ModelVersionRow | undefined> {
  const query = versionQuery(ctx)
    .where("v.model", "=", model)
    .where("v.status", "=", "READY")
    .where(sql<boolean>`(v.model_check->>'ok')::boolean`)
    .orderBy("v.version", "desc")
    .limit(1);
  return (await query.executeTakeFirst()) as ModelVersionRow | undefined;
}

export async function findNewest(ctx: Ctx, model: string): Promise<ModelVersionRow | undefined> {
  const query = versionQuery(ctx).where("v.model", "=", model).orderBy("v.version", "desc").limit(1);
  return (await query.executeTakeFirst()) as ModelVersionRow | undefined;
}

export async function insertVersion(ctx: Ctx, version: number, row: NewModelVersion): Promise<void> {
  await ctx.db
    .insertInto("model_versions")
    .values({
      model: row.model,
      version,
      project_id: row.projectId,
      artifact_id: row.artifactId,
      digest: row.digest,
      description: row.description,
      card: row.card,
      source: row.source,
      tracked_run_id: row.trackedRunId,
      logged_model_id: row.loggedModelId ?? null,
      run_link: row.runLink ?? "",
      run_id: row.runId,
      attempt_id: row.attemptId,
      revision_id: row.revisionId,
      python_environment_digest: row.pythonEnvironmentDigest,
      evaluation_artifact_id: row.evaluationArtifactId,
      test_artifact_id: row.testArtifactId,
      evaluate_component: row.evaluateComponent,
      metrics: json(row.metrics),
      signature: row.signature === null ? null : json(row.signature),
      input_example: row.inputExample === null ? null : json(row.inputExample),
      model_check: row.check === null ? null : json(row.check),
      lineage: json(row.lineage),
      created_at: ctx.clock.now(),
      updated_at: ctx.clock.now(),
      created_by: row.createdBy,
    })
    .execute();
}

export async function setCheckAsked(ctx: Ctx, model: string, version: number): Promise<void> {
  await ctx.db
    .updateTable("model_versions")
    .set({ check_asked_at: ctx.clock.now() })
    .where("model", "=", model)
    .where("version", "=", version)
    .execute();
}

/** Versions that a runner is asked to check, or was and has not answered. */
export async function findUnchecked(ctx: Ctx, model: string): Promise<ModelVersionRow[]> {
  const query = versionQuery(ctx)
    .where("v.model", "=", model)
    .where("v.model_check", "is", null)
    .where("v.check_asked_at", "is not", null);
  return (await query.orderBy("v.version").execute()) as ModelVersionRow[];
}

export async function setCheck(ctx: Ctx, model: string, version: number, check: ModelCheck): Promise<void> {
  await ctx.db
    .updateTable("model_versions")
    .set({ model_check: json(check) })
    .where("model", "=", model)
    .where("version", "=", version)
    .execute();
}

export interface RegisteredModelRow {
  readonly name: string;
  readonly projectId: string;
  readonly project: string;
}

export async function findModels(ctx: Ctx, names: readonly string[]): Promise<RegisteredModelRow[]> {
  if (names.length === 0) return [];
  return ctx.db
    .selectFrom("registered_models as m")
    .innerJoin("projects as j", "j.id", "m.project_id")
    .select(["m.name as name", "m.project_id as projectId", "j.name as project"])
    .where("m.name", "in", [...names])
    .execute();
}

/** True where it was not there before. */
export async function ensureModel(ctx: Ctx, name: string, projectId: string): Promise<boolean> {
  const row = await ctx.db
    .insertInto("registered_models")
    .values({
      name,
      project_id: projectId,
      principal_id: ctx.actor.principalId,
      created_at: ctx.clock.now(),
      updated_at: ctx.clock.now(),
    })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .returning("name")
    .executeTakeFirst();
  return row !== undefined;
}

export async function lockModel(ctx: Ctx, name: string): Promise<void> {
  await ctx.db.selectFrom("registered_models").select("name").where("name", "=", name).forUpdate().execute();
}

/** The next number; versions of a model have no gaps. */
export async function nextVersion(ctx: Ctx, model: string): Promise<number> {
  const row = await ctx.db
    .updateTable("registered_models")
    .set({ last_version: sql`last_version + 1`, updated_at: ctx.clock.now() })
    .where("name", "=", model)
    .returning("last_version")
    .executeTakeFirstOrThrow();
  return row.last_version;
}

export async function putAlias(ctx: Ctx, model: string, alias: string, version: number): Promise<void> {
  await ctx.db
    .insertInto("model_aliases")
    .values({ model, alias, version, updated_at: ctx.clock.now() })
    .onConflict((conflict) =>
      conflict.columns(["model", "alias"]).doUpdateSet({ version, updated_at: ctx.clock.now() }),
    )
    .execute();
}

export async function removeAlias(ctx: Ctx, model: string, alias: string): Promise<boolean> {
  const row = await ctx.db
    .deleteFrom("model_aliases")
    .where("model", "=", model)
    .where("alias", "=", alias)
    .returning("alias")
    .executeTakeFirst();
  return row !== undefined;
}
