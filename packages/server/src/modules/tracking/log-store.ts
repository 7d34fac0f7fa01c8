import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";
import type { MetricPoint } from "./log-tracked.ts";

/*
 * One statement for any number of points, params or tags. Rows are taken in the order of their keys, so that two
 * clients that log the same run at once wait for each other in one order.
 */

export async function insertMetrics(ctx: Ctx, runId: string, points: readonly MetricPoint[]): Promise<void> {
  await sql`
    with points as (
      select ${runId}::text as run_id, *
      from unnest(${points.map(({ key }) => key)}::text[], ${points.map(({ step }) => step)}::bigint[],
        ${points.map(({ time }) => time)}::timestamptz[], ${points.map(({ value }) => value)}::float8[])
        as point(key, step, time, value)
    ), added as (
      insert into metric_points (run_id, key, step, time, value)
      select run_id, key, step, time, value from points order by key, step, time, value
      on conflict do nothing
    )
    insert into latest_metrics (run_id, key, step, time, value, experiment_id, start_time)
    select distinct on (key) points.*, r.experiment_id, r.start_time from points join tracked_runs r using (run_id)
    order by key, step desc, time desc, value desc
    on conflict (run_id, key) do update
      set step = excluded.step, time = excluded.time, value = excluded.value
      where (excluded.step, excluded.time, excluded.value) > (latest_metrics.step, latest_metrics.time, latest_metrics.value)
  `.execute(ctx.db);
}

/** Gives what each of the keys has now: the value that was there stays. */
export async function insertParams(
  ctx: Ctx,
  runId: string,
  params: ReadonlyMap<string, string>,
): Promise<{ key: string; value: string }[]> {
  // an update that changes nothing waits for whoever inserts the same key now, and gives what that one wrote
  const result = await sql<{ key: string; value: string }>`
    insert into tracked_params (run_id, key, value, experiment_id, start_time)
    select r.run_id, p.key, p.value, r.experiment_id, r.start_time from tracked_runs r,
      unnest(${[...params.keys()]}::text[], ${[...params.values()]}::text[]) as p(key, value)
    where r.run_id = ${runId}
    order by key
    on conflict (run_id, key) do update set value = tracked_params.value
    returning key, value`.execute(ctx.db);
  return result.rows;
}

export async function putTags(ctx: Ctx, runId: string, tags: ReadonlyMap<string, string>): Promise<void> {
  const name = tags.get("mlflow.runName");
  await sql`
    with named as (update tracked_runs set name = ${name ?? ""} where run_id = ${runId} and ${name !== undefined}::boolean)
    insert into tracked_tags (run_id, key, value, experiment_id, start_time)
    select r.run_id, t.key, t.value, r.experiment_id, r.start_time from tracked_runs r,
      unnest(${[...tags.keys()]}::text[], ${[...tags.values()]}::text[]) as t(key, value)
    where r.run_id = ${runId}
    order by key
    on conflict (run_id, key) do update set value = excluded.value`.execute(ctx.db);
}

export async function removeTag(ctx: Ctx, runId: string, key: string): Promise<boolean> {
  const row = await ctx.db
    .deleteFrom("tracked_tags")
    .where("run_id", "=", runId)
    .where("key", "=", key)
    .returning("key")
    .executeTakeFirst();
  return row !== undefined;
}
