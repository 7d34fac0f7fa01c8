import { sql } from "kysely";
import { milliseconds, type Page } from "../../db/conditions.ts";
import type { Ctx } from "../../db/context.ts";

/** Value, milliseconds since 1970, step. */
export type HistoryPoint = readonly [value: number, timestamp: number, step: number];

/** A page of a metric's points, oldest first. */
export async function metricHistory(ctx: Ctx, runId: string, key: string, page: Page): Promise<HistoryPoint[]> {
  // one JSON text: read several times faster than as many rows
  const result = await sql<{ points: [number | string, number, number][] | null }>`
    select json_agg(json_build_array(value, ${milliseconds(sql`time`)}, step) order by time, step, value) as points
    from (select value, time, step from metric_points where run_id = ${runId} and key = ${key}
      order by time, step, value limit ${page.limit} offset ${page.offset}) as page`.execute(ctx.db);
  return (result.rows[0]?.points ?? []).map(([value, timestamp, step]) => [Number(value), timestamp, step]);
}

export interface SampledPoint {
  readonly runId: string;
  readonly value: number;
  readonly timestamp: number;
  readonly step: number;
}

/** At most `maxSteps` steps of a metric, the same for all runs and evenly spread; each run's first and last are there. */
export async function sampleMetric(
  ctx: Ctx,
  query: {
    readonly runIds: readonly string[];
    readonly key: string;
    readonly startStep: number | null;
    readonly endStep: number | null;
    readonly maxSteps: number;
  },
): Promise<SampledPoint[]> {
  const result = await sql<Omit<SampledPoint, "value"> & { value: number }>`
    with points as (
      select run_id, step, time, value from metric_points
      where run_id = any(${[...query.runIds]}::text[]) and key = ${query.key}
        and (${query.startStep}::bigint is null or step >= ${query.startStep}::bigint)
        and (${query.endStep}::bigint is null or step <= ${query.endStep}::bigint)
    ), steps as (
      select step, row_number() over (order by step) - 1 as position, count(*) over () as count
      from (select distinct step from points) as distinct_steps
    ), chosen as (
      select step from steps
      where count <= ${query.maxSteps}
        or floor(position * ${query.maxSteps}::float8 / count) > floor((position - 1) * ${query.maxSteps}::float8 / count)
      union select min(step) from points group by run_id
      union select max(step) from points group by run_id
    )
    select run_id as "runId", value, ${milliseconds(sql`time`)} as timestamp, step from points
    where step in (select step from chosen) order by run_id, step, time, value limit 25000`.execute(ctx.db);
  return result.rows;
}
