import { type RawBuilder, sql } from "kysely";
import { milliseconds } from "../../db/conditions.ts";
import type { Ctx } from "../../db/context.ts";
import { deletedAt } from "./deleted-at.ts";
import type { LoggedModel, LoggedModelHead, LoggedModelMetric, LoggedModelStatus } from "./logged-model.ts";

const headColumns = sql`
  l.model_id as "modelId", l.experiment_id as "experimentId", e.project_id as "projectId", p.name as project,
  l.source_run_id as "sourceRunId", l.attempt_run_id as "attemptRunId", l.lifecycle_stage <> 'active' as "isDeleted"`;

const columns = sql`
  ${headColumns}, l.name, l.model_type as "modelType", l.status, l.status_message as "statusMessage",
  l.artifact_uri as "artifactUri", l.principal_id as "principalId",
  l.created_at as "createdAt", l.updated_at as "updatedAt",
  (select coalesce(json_object_agg(a.key, a.value order by a.key), '{}')
   from logged_model_params a where a.model_id = l.model_id) as params,
  (select coalesce(json_object_agg(t.key, t.value order by t.key), '{}')
   from logged_model_tags t where t.model_id = l.model_id) as tags,
  (select coalesce(json_agg(json_build_object('key', m.key, 'value', m.value, 'step', m.step,
     'timestamp', ${milliseconds(sql`m.time`)}, 'runId', m.run_id, 'datasetName', m.dataset_name,
     'datasetDigest', m.dataset_digest) order by m.key, m.dataset_name), '[]')
   from logged_model_metrics m where m.model_id = l.model_id) as metrics`;

const tables = sql`logged_models l join experiments e on e.id = l.experiment_id join projects p on p.id = e.project_id`;

export async function findLoggedModelHead(ctx: Ctx, modelId: string): Promise<LoggedModelHead | undefined> {
  const result = await sql<LoggedModelHead>`
    select ${headColumns} from ${tables} where l.model_id = ${modelId}`.execute(ctx.db);
  return result.rows[0];
}

/** Models in the given order; `tail` says which. */
export async function findLoggedModels(ctx: Ctx, tail: RawBuilder<unknown>): Promise<LoggedModel[]> {
  const result = await sql<LoggedModel>`select ${columns} from ${tables} where ${tail}`.execute(ctx.db);
  return result.rows.map((model) => ({
    ...model,
    metrics: model.metrics.map((metric) => ({ ...metric, value: Number(metric.value) })),
  }));
}

export interface NewLoggedModelRow {
  readonly modelId: string;
  readonly experimentId: number;
  readonly name: string;
  readonly modelType: string;
  readonly sourceRunId: string | null;
  readonly attemptRunId: string | null;
  readonly artifactUri: string;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** The model with its params and tags, in one statement. */
export async function insertLoggedModel(ctx: Ctx, row: NewLoggedModelRow): Promise<void> {
  const now = ctx.clock.now();
  await sql`
    with model as (
      insert into logged_models (model_id, experiment_id, name, model_type, source_run_id, attempt_run_id, artifact_uri,
        principal_id, created_at, updated_at)
      values (${row.modelId}, ${row.experimentId}, ${row.name}, ${row.modelType}, ${row.sourceRunId}, ${row.attemptRunId},
        ${row.artifactUri}, ${ctx.actor.principalId}, ${now}, ${now})
      returning model_id
    ), params as (
      insert into logged_model_params (model_id, key, value)
      select model_id, key, value
      from model, unnest(${Object.keys(row.params)}::text[], ${Object.values(row.params)}::text[]) as p(key, value)
    )
    insert into logged_model_tags (model_id, key, value)
    select model_id, key, value
    from model, unnest(${Object.keys(row.tags)}::text[], ${Object.values(row.tags)}::text[]) as t(key, value)`.execute(
    ctx.db,
  );
}

export async function updateLoggedModel(
  ctx: Ctx,
  modelId: string,
  change: {
    readonly status?: LoggedModelStatus;
    readonly status_message?: string;
    readonly lifecycle_stage?: "active" | "deleted";
  },
): Promise<void> {
  await ctx.db
    .updateTable("logged_models")
    .set({ ...change, ...deletedAt(ctx, change), updated_at: ctx.clock.now() })
    .where("model_id", "=", modelId)
    .execute();
}

export async function putModelTags(ctx: Ctx, modelId: string, tags: Readonly<Record<string, string>>): Promise<void> {
  if (Object.keys(tags).length === 0) return;
  await sql`
    insert into logged_model_tags (model_id, key, value)
    select ${modelId}, key, value from unnest(${Object.keys(tags)}::text[], ${Object.values(tags)}::text[]) as t(key, value)
    order by key
    on conflict (model_id, key) do update set value = excluded.value`.execute(ctx.db);
}

export async function removeModelTag(ctx: Ctx, modelId: string, key: string): Promise<boolean> {
  const row = await ctx.db
    .deleteFrom("logged_model_tags")
    .where("model_id", "=", modelId)
    .where("key", "=", key)
    .returning("key")
    .executeTakeFirst();
  return row !== undefined;
}

/** Gives what each of the keys has now. As with params of runs, nothing is put where one has another value. */
export async function insertModelParams(
  ctx: Ctx,
  modelId: string,
  params: Readonly<Record<string, string>>,
): Promise<{ key: string; value: string }[]> {
  const result = await sql<{ key: string; value: string }>`
    with given as (
      select key, value from unnest(${Object.keys(params)}::text[], ${Object.values(params)}::text[]) as p(key, value)
    ), other as (
      select t.key, t.value from given join logged_model_params t on t.model_id = ${modelId} and t.key = given.key
      where t.value <> given.value
    ), kept as (
      insert into logged_model_params (model_id, key, value)
      select ${modelId}, key, value from given where not exists (select from other)
      order by key
      on conflict (model_id, key) do update set value = logged_model_params.value
      returning key, value
    )
    select key, value from other union all select key, value from kept`.execute(ctx.db);
  return result.rows;
}

/** Keeps the latest value by run and data set. Models that are not in the project are left out. */
export async function putModelMetrics(
  ctx: Ctx,
  projectId: string,
  metrics: readonly (LoggedModelMetric & { readonly modelId: string })[],
): Promise<void> {
  const rows = metrics.map((metric) => ({ ...metric, value: String(metric.value) }));
  await sql`
    insert into logged_model_metrics (model_id, key, run_id, dataset_name, dataset_digest, value, step, time)
    select distinct on (l.model_id, m.key, m."runId", m."datasetName", m."datasetDigest")
      l.model_id, m.key, m."runId", m."datasetName", m."datasetDigest", m.value, m.step, to_timestamp(m.timestamp / 1000.0)
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as m(
      "modelId" text, key text, "runId" text, "datasetName" text, "datasetDigest" text, value float8, step bigint, timestamp bigint)
    join logged_models l on l.model_id = m."modelId" join experiments e on e.id = l.experiment_id
    where e.project_id = ${projectId}
    order by l.model_id, m.key, m."runId", m."datasetName", m."datasetDigest", m.step desc, m.timestamp desc, m.value desc
    on conflict (model_id, key, run_id, dataset_name, dataset_digest) do update
      set value = excluded.value, step = excluded.step, time = excluded.time
      where (excluded.step, excluded.time, excluded.value) >
        (logged_model_metrics.step, logged_model_metrics.time, logged_model_metrics.value)`.execute(ctx.db);
}
