import { sql } from "kysely";
import type { Ctx } from "../../../db/context.ts";
import type { DatasetInput, RunModel, TrackedStatus } from "../tracked-run.ts";
import { runLocation } from "../tracked-runs.ts";

/** A run as it is at a server that it is copied from: with its id, its times and its user. */
export interface ImportedRun {
  readonly runId: string;
  readonly experimentId: number;
  readonly name: string;
  readonly userName: string;
  readonly status: TrackedStatus;
  readonly startTime: number;
  readonly endTime: number | null;
  readonly isDeleted: boolean;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly datasets: readonly DatasetInput[];
}

/** Where runs of these ids are, by id; those that are nowhere are left out. */
export async function projectsOfRuns(ctx: Ctx, runIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const result = await sql<{ runId: string; projectId: string }>`
    select r.run_id as "runId", e.project_id as "projectId"
    from tracked_runs r join experiments e on e.id = r.experiment_id
    where r.run_id = any(${[...runIds]}::text[])`.execute(ctx.db);
  return new Map(result.rows.map(({ runId, projectId }) => [runId, projectId]));
}

/**
 * Puts runs with params, tags and data sets, in a statement for each kind. New ones are in the stage `importing`, which
 * no search shows, until `showImportedRuns`; those that are there get what changed. Safe to repeat.
 */
export async function putImportedRuns(ctx: Ctx, runs: readonly ImportedRun[]): Promise<void> {
  const rows = JSON.stringify(
    runs.map((run) => ({ ...run, artifactUri: runLocation(run.experimentId, run.runId), stage: stageOf(run) })),
  );
  const given = sql`jsonb_to_recordset(${rows}::jsonb) as g("runId" text, "experimentId" bigint, name text,
    "userName" text, status text, stage text, "artifactUri" text, "startTime" bigint, "endTime" bigint,
    params jsonb, tags jsonb, datasets jsonb)`;
  await dropOldPoints(
    ctx,
    runs.map(({ runId }) => runId),
  );
  await sql`
    insert into tracked_runs (run_id, experiment_id, name, principal_id, user_name, owner, status, lifecycle_stage,
      artifact_uri, start_time, end_time)
    select "runId", "experimentId", name, ${ctx.actor.principalId}, "userName", 'client', status, 'importing',
      "artifactUri", ${at(sql`"startTime"`)}, ${at(sql`"endTime"`)}
    from ${given} order by "runId"
    on conflict (run_id) do update set name = excluded.name, user_name = excluded.user_name, status = excluded.status,
      start_time = excluded.start_time, end_time = excluded.end_time`.execute(ctx.db);
  await sql`
    update tracked_runs r set lifecycle_stage = g.stage,
      deleted_at = case g.stage when 'deleted' then ${ctx.clock.now()}::timestamptz end
    from ${given}
    where r.run_id = g."runId" and r.lifecycle_stage <> 'importing' and r.lifecycle_stage <> g.stage`.execute(ctx.db);
  for (const [table, pairs] of [
    [sql`tracked_params`, sql`params`],
    [sql`tracked_tags`, sql`tags`],
  ])
    await sql`
      insert into ${table} (run_id, key, value)
      select "runId", pair.key, pair.value from ${given}, jsonb_each_text(${pairs}) as pair order by 1, 2
      on conflict (run_id, key) do update set value = excluded.value`.execute(ctx.db);
  await sql`
    with named as (
      select g."runId", g."experimentId", d.* from ${given},
        jsonb_to_recordset(g.datasets) as d(name text, digest text, "sourceType" text, source text, schema text,
          profile text, tags jsonb)
    ), kept as (
      insert into tracked_datasets (experiment_id, name, digest, source_type, source, schema, profile)
      select distinct on ("experimentId", name, digest) "experimentId", name, digest, "sourceType", source, schema, profile
      from named order by "experimentId", name, digest
      on conflict (experiment_id, name, digest) do update set name = excluded.name
      returning id, experiment_id, name, digest
    )
    insert into tracked_inputs (run_id, dataset_id, tags)
    select distinct on (named."runId", kept.id) named."runId", kept.id, named.tags
    from named join kept on kept.experiment_id = named."experimentId" and kept.name = named.name and kept.digest = named.digest
    order by named."runId", kept.id
    on conflict (run_id, dataset_id) do update set tags = excluded.tags`.execute(ctx.db);
}

/** Of runs of these ids that were removed and whose points were to follow: they are not those of the runs that come. */
async function dropOldPoints(ctx: Ctx, runIds: readonly string[]): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    delete from removed_runs where run_id = any(${[...runIds]}::text[]) returning run_id as id`.execute(ctx.db);
  if (rows.length > 0)
    await sql`delete from metric_points where run_id = any(${rows.map(({ id }) => id)}::text[])`.execute(ctx.db);
}

/** Milliseconds since 1970 as a time, exactly. */
export const at = (millis: ReturnType<typeof sql>) =>
  sql`timestamptz '1970-01-01 00:00:00+00' + ${millis} * interval '1 millisecond'`;

const stageOf = ({ isDeleted }: { readonly isDeleted: boolean }): string => (isDeleted ? "deleted" : "active");

export interface ShownRun {
  readonly runId: string;
  readonly isDeleted: boolean;
  readonly models: readonly RunModel[];
}

/**
 * Ends the stage `importing`, with the run above each and the models that each read and made. Gives the runs of which a
 * model is not in the project, or not yet.
 */
export async function showImportedRuns(ctx: Ctx, projectId: string, runs: readonly ShownRun[]): Promise<string[]> {
  const rows = JSON.stringify(runs.map(({ runId, ...run }) => ({ runId, stage: stageOf(run) })));
  await sql`
    update tracked_runs r
    set lifecycle_stage = case r.lifecycle_stage when 'importing' then g.stage else r.lifecycle_stage end,
      deleted_at = case when r.lifecycle_stage = 'importing' and g.stage = 'deleted' then ${ctx.clock.now()}::timestamptz else r.deleted_at end,
      parent_run_id = coalesce(r.parent_run_id, (
        select o.run_id from tracked_tags t join tracked_runs o on o.run_id = t.value
        join experiments e on e.id = o.experiment_id
        where t.run_id = r.run_id and t.key = 'mlflow.parentRunId' and e.project_id = ${projectId} and o.run_id <> r.run_id))
    from jsonb_to_recordset(${rows}::jsonb) as g("runId" text, stage text) where r.run_id = g."runId"`.execute(ctx.db);
  const links = runs.flatMap(({ runId, models }) => models.map((model) => ({ ...model, runId })));
  if (links.length === 0) return [];
  const given = sql`jsonb_to_recordset(${JSON.stringify(links)}::jsonb) as g("runId" text, "modelId" text, direction text, step bigint)`;
  const here = sql`logged_models m join experiments e on e.id = m.experiment_id and e.project_id = ${projectId}`;
  await sql`
    insert into tracked_run_models (run_id, model_id, direction, step)
    select distinct g."runId", m.model_id, g.direction, g.step from ${given} join (${here}) on m.model_id = g."modelId"
    on conflict do nothing`.execute(ctx.db);
  const missing = await sql<{ runId: string }>`
    select distinct g."runId" as "runId" from ${given}
    where not exists (select from ${here} where m.model_id = g."modelId")`.execute(ctx.db);
  return missing.rows.map(({ runId }) => runId);
}
