import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";
import { gathered } from "../../db/gather.ts";
import { prepared } from "../../db/prepared.ts";
import type { MetricPoint } from "./log-tracked.ts";

/*
 * One statement for any number of points, params or tags. Rows are taken in the order of their keys, so that two
 * clients that log the same run at once wait for each other in one order.
 */

const insertPoints = prepared<never>(
  "insert points",
  `with points as materialized (
     select run_id, key, step, to_timestamp(ms::float8 / 1000) as time, value
     from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::float8[]) as point(run_id, key, step, ms, value)
     order by run_id, key, step, ms, value
   ), added as (
     insert into metric_points (run_id, key, step, time, value)
     select run_id, key, step, time, value from points
     on conflict do nothing
   )
   insert into latest_metrics (run_id, key, step, time, value, experiment_id, start_time)
   select distinct on (run_id, key) points.*, r.experiment_id, r.start_time from points join tracked_runs r using (run_id)
   order by run_id, key, step desc, time desc, value desc
   on conflict (run_id, key) do update
     set step = excluded.step, time = excluded.time, value = excluded.value
     where (excluded.step, excluded.time, excluded.value) > (latest_metrics.step, latest_metrics.time, latest_metrics.value)`,
);

interface RunPoints {
  readonly runId: string;
  readonly points: readonly MetricPoint[];
}

/**
 * Points of all who log at the same moment in one statement and so with one wait for the disk; each is told when that is
 * over. Large batches go alone, so that small ones need not wait for them.
 */
export const insertMetrics = gathered<RunPoints, void>({
  lanes: 4,
  most: 500,
  weigh: ({ points }) => points.length,
  async ask(ctx, batches) {
    const [runIds, keys, steps, times, values]: [string[], string[], number[], number[], number[]] = [
      [],
      [],
      [],
      [],
      [],
    ];
    for (const { runId, points } of batches)
      for (const { key, step, time, value } of points) {
        runIds.push(runId);
        keys.push(key);
        steps.push(step);
        times.push(time.getTime());
        values.push(value);
      }
    // numbers need no quotes, and a list of them is written faster than the driver does it
    const lists = [steps, times, values].map((numbers) => `{${numbers.join(",")}}`);
    await insertPoints(ctx, [runIds, keys, ...lists]);
    return batches.map(() => undefined);
  },
});

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
