import { sql } from "kysely";
import type { Ctx } from "../../../db/context.ts";
import { at } from "./imported-runs.ts";

/** Points of one metric of one run, a list for each part of them. */
export interface PointSeries {
  readonly runId: string;
  readonly key: string;
  readonly steps: readonly number[];
  /** Milliseconds since 1970. */
  readonly times: readonly number[];
  readonly values: readonly number[];
}

/** Adds points of any number of metrics and runs in one statement; the same point twice is one. */
export async function putPoints(ctx: Ctx, series: readonly PointSeries[]): Promise<void> {
  const runs = series.flatMap(({ runId, steps }) => steps.map(() => runId));
  const keys = series.flatMap(({ key, steps }) => steps.map(() => key));
  const [steps, times] = [series.flatMap(({ steps }) => steps), series.flatMap(({ times }) => times)];
  const values = series.flatMap(({ values }) => values);
  if (steps.length === 0) return;
  await sql`
    with points as (
      select run_id, key, step, ${at(sql`millis`)} as time, value
      from unnest(${runs}::text[], ${keys}::text[], ${steps}::bigint[], ${times}::bigint[], ${values}::float8[])
        as point(run_id, key, step, millis, value)
    ), added as (
      insert into metric_points (run_id, key, step, time, value)
      select run_id, key, step, time, value from points order by run_id, key, step, time, value
      on conflict do nothing
    )
    insert into latest_metrics (run_id, key, step, time, value)
    select distinct on (run_id, key) run_id, key, step, time, value from points
    order by run_id, key, step desc, time desc, value desc
    on conflict (run_id, key) do update
      set step = excluded.step, time = excluded.time, value = excluded.value
      where (excluded.step, excluded.time, excluded.value) > (latest_metrics.step, latest_metrics.time, latest_metrics.value)
  `.execute(ctx.db);
}
