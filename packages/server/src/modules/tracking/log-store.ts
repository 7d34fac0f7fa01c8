import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";

/*
 * One statement for any number of params or tags. Rows are taken in the order of their keys, so that two
 * clients that log the same run at once wait for each other in one order.
 */

/**
 * Gives what each of the keys has now. Where one has another value than the given one, nothing is put, and only such keys
 * are given; unless somebody puts the same key at the same moment, whose value stays.
 */
export async function insertParams(
  ctx: Ctx,
  runId: string,
  params: ReadonlyMap<string, string>,
): Promise<{ key: string; value: string }[]> {
  // an update that changes nothing waits for whoever inserts the same key now, and gives what that one wrote
  const result = await sql<{ key: string; value: string }>`
    with given as (
      select key, value from unnest(${[...params.keys()]}::text[], ${[...params.values()]}::text[]) as p(key, value)
    ), other as (
      select t.key, t.value from given join tracked_params t on t.run_id = ${runId} and t.key = given.key
      where t.value <> given.value
    ), kept as (
      insert into tracked_params (run_id, key, value, experiment_id, start_time)
      select r.run_id, p.key, p.value, r.experiment_id, r.start_time from tracked_runs r, given p
      where r.run_id = ${runId} and not exists (select from other)
      order by key
      on conflict (run_id, key) do update set value = tracked_params.value
      returning key, value
    )
    select key, value from other union all select key, value from kept`.execute(ctx.db);
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
