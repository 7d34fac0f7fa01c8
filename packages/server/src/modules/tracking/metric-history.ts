import { sql } from "kysely";
import { milliseconds, type Page } from "../../db/conditions.ts";
import type { Ctx } from "../../db/context.ts";
import { prepared } from "../../db/prepared.ts";

const historyText = prepared<{ readonly count: number; readonly list: string | null }>(
  "history of a metric",
  `select count(*)::integer as count, string_agg(concat($3::text, case when value = 'NaN' then '"NaN"' else value::text end,
     ',"timestamp":', (date_part('epoch', time) * 1000)::bigint, ',"step":', step, '}'), ',') as list
   from (select value, time, step from metric_points where run_id = $1 and key = $2
     order by time, step, value limit $4::bigint offset $5::bigint) as page`,
);

/** Points as the database wrote them: items of a JSON list with `key`, `value`, `timestamp` and `step`. */
export interface HistoryTexts {
  readonly items: string;
  readonly isLast: boolean;
}

/** A page of a metric's points, oldest first. Nothing here reads and writes them again, however many they are. */
export async function metricHistory(ctx: Ctx, runId: string, key: string, page: Page): Promise<HistoryTexts> {
  const head = `{"key":${JSON.stringify(key)},"value":`;
  const [found] = await historyText(ctx, [runId, key, head, page.limit + 1, page.offset]);
  const { count = 0, list = null } = found ?? {};
  if (list === null || count <= page.limit) return { items: list ?? "", isLast: true };
  // a key cannot hold the head that holds it, so this is where the last point begins
  return { items: list.slice(0, list.lastIndexOf(`,${head}`)), isLast: false };
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
