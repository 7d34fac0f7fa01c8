import { sql } from "kysely";
import type { Ctx } from "../../../db/context.ts";
import { deletedAt } from "../deleted-at.ts";
import { experimentLocation } from "../experiment.ts";
import type { LoggedModelMetric, LoggedModelStatus } from "../logged-model.ts";
import { putModelMetrics, putModelTags } from "../logged-model-store.ts";
import { at } from "./imported-runs.ts";

/** A logged model as it is at a server that it is copied from. */
export interface ImportedModel {
  readonly modelId: string;
  readonly experimentId: number;
  readonly name: string;
  readonly modelType: string;
  readonly status: LoggedModelStatus;
  readonly statusMessage: string;
  readonly sourceRunId: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly metrics: readonly LoggedModelMetric[];
}

/** The project of a logged model of this id; undefined where there is none. */
export async function projectOfModel(ctx: Ctx, modelId: string): Promise<string | undefined> {
  const result = await sql<{ projectId: string }>`
    select e.project_id as "projectId" from logged_models l join experiments e on e.id = l.experiment_id
    where l.model_id = ${modelId}`.execute(ctx.db);
  return result.rows[0]?.projectId;
}

/** Puts a model with all that was logged of it; a new one is unseen until `showImportedModel`. Safe to repeat. */
export async function putImportedModel(ctx: Ctx, projectId: string, model: ImportedModel): Promise<void> {
  const artifactUri = `${experimentLocation(model.experimentId)}/models/${model.modelId}/artifacts`;
  await sql`
    insert into logged_models (model_id, experiment_id, name, model_type, status, status_message, lifecycle_stage,
      source_run_id, artifact_uri, principal_id, created_at, updated_at)
    values (${model.modelId}, ${model.experimentId}, ${model.name}, ${model.modelType}, ${model.status},
      ${model.statusMessage}, 'importing',
      (select r.run_id from tracked_runs r join experiments e on e.id = r.experiment_id
       where r.run_id = ${model.sourceRunId} and e.project_id = ${projectId}),
      ${artifactUri}, ${ctx.actor.principalId}, ${at(sql`${model.createdAt}::bigint`)}, ${at(sql`${model.updatedAt}::bigint`)})
    on conflict (model_id) do update set name = excluded.name, model_type = excluded.model_type,
      status = excluded.status, status_message = excluded.status_message, updated_at = excluded.updated_at,
      source_run_id = coalesce(excluded.source_run_id, logged_models.source_run_id)`.execute(ctx.db);
  await sql`
    insert into logged_model_params (model_id, key, value)
    select ${model.modelId}, key, value
    from unnest(${Object.keys(model.params)}::text[], ${Object.values(model.params)}::text[]) as p(key, value)
    on conflict (model_id, key) do update set value = excluded.value`.execute(ctx.db);
  await putModelTags(ctx, model.modelId, model.tags);
  const known = await sql<{ runId: string }>`
    select r.run_id as "runId" from tracked_runs r where r.run_id = any(${model.metrics.map(({ runId }) => runId)}::text[])`.execute(
    ctx.db,
  );
  const runs = new Set(known.rows.map(({ runId }) => runId));
  const metrics = model.metrics.filter(({ runId }) => runs.has(runId));
  if (metrics.length > 0)
    await putModelMetrics(
      ctx,
      projectId,
      metrics.map((metric) => ({ ...metric, modelId: model.modelId })),
    );
}

export async function showImportedModel(ctx: Ctx, modelId: string, isDeleted: boolean): Promise<void> {
  await ctx.db
    .updateTable("logged_models")
    .set({
      lifecycle_stage: isDeleted ? "deleted" : "active",
      ...deletedAt(ctx, { lifecycle_stage: isDeleted ? "deleted" : "active" }),
    })
    .where("model_id", "=", modelId)
    .execute();
}
