import type { Ctx } from "../../db/context.ts";
import { isUniqueViolation } from "../../db/database-errors.ts";
import { gathered } from "../../db/gather.ts";
import { prepared } from "../../db/prepared.ts";
import { type RunPoints, sortPoints } from "./sort-points.ts";

/*
 * Points come in the order of their keys, so that two clients that log the same run at once wait for each other in one
 * order. The latest of each key is marked: the database sorts nothing.
 */
const statement = (onConflict: string) => `
  with points as materialized (
    select run_id, key, step, to_timestamp(ms::float8 / 1000) as time, value, is_latest
    from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::float8[], $6::boolean[])
      as point(run_id, key, step, ms, value, is_latest)
  ), added as (
    insert into metric_points (run_id, key, step, time, value)
    select run_id, key, step, time, value from points ${onConflict}
  )
  insert into latest_metrics (run_id, key, step, time, value, experiment_id, start_time)
  select p.run_id, p.key, p.step, p.time, p.value, r.experiment_id, r.start_time
  from points p join (select * from tracked_runs where run_id = any($7::text[])) r on r.run_id = p.run_id
  where p.is_latest
  on conflict (run_id, key) do update
    set step = excluded.step, time = excluded.time, value = excluded.value
    where (excluded.step, excluded.time, excluded.value) > (latest_metrics.step, latest_metrics.time, latest_metrics.value)`;

/** Refused as a whole where a point is there already; a third cheaper, since it looks for each point once and not twice. */
const insertNew = prepared<never>("insert new points", statement(""));
/** For what is sent again. */
const insertAny = prepared<never>("insert points", statement("on conflict do nothing"));

/**
 * Points of all who log at the same moment in one statement and so with one wait for the disk; each is told when that is
 * over. Large batches go alone, so that small ones need not wait for them.
 */
export const insertMetrics = gathered<RunPoints, void>({
  lanes: 4,
  most: 500,
  weigh: ({ points }) => points.length,
  async ask(ctx, batches) {
    await insert(ctx, toValues(batches));
    return batches.map(() => undefined);
  },
});

async function insert(ctx: Ctx, values: readonly unknown[]): Promise<void> {
  // a statement that is refused would end the transaction that it is in
  if (ctx.db.isTransaction) await insertAny(ctx, values);
  else
    await insertNew(ctx, values).catch(async (error: unknown) => {
      if (!isUniqueViolation(error)) throw error;
      await insertAny(ctx, values);
    });
}

function toValues(batches: readonly RunPoints[]): readonly unknown[] {
  const [runIds, keys]: [string[], string[]] = [[], []];
  const [steps, times, values, latest]: [number[], number[], number[], boolean[]] = [[], [], [], []];
  for (const { runId, point, isLatest } of sortPoints(batches)) {
    runIds.push(runId);
    keys.push(point.key);
    steps.push(point.step);
    times.push(point.time.getTime());
    values.push(point.value);
    latest.push(isLatest);
  }
  // what needs no quotes is written faster than the driver does it
  const lists = [steps, times, values, latest].map((items) => `{${items.join(",")}}`);
  return [runIds, keys, ...lists, [...new Set(runIds)]];
}
