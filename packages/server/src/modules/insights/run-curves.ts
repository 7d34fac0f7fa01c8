import type { RunCurves } from "@pave/contract";
import { sql } from "kysely";
import { milliseconds } from "../../db/conditions.ts";
import type { Ctx } from "../../db/context.ts";

interface CurvePoint {
  readonly key: string;
  readonly step: number;
  readonly value: number;
  readonly at: number;
  readonly total: number;
}

/**
 * Metrics of a run over steps. Of a long one the points are taken in as many groups of equal size as half the points
 * that are wanted, and of each group the lowest and the highest stay, so no spike is lost; so do the first and the last.
 */
export async function runCurves(
  ctx: Ctx,
  runId: string,
  { keys, points }: { readonly keys: readonly string[]; readonly points: number },
): Promise<RunCurves> {
  // NaN is neither high nor low; a group of nothing else keeps one
  const result = await sql<CurvePoint>`
    with counted as (
      select key, step, time, value, row_number() over (partition by key order by step, time, value) - 1 as place,
        count(*) over (partition by key) as total
      from metric_points where run_id = ${runId} and key = any(${[...keys]}::text[])
    ), grouped as (
      select *, floor(place * ${Math.ceil(points / 2)}::float8 / total) as part from counted
    ), ranked as (
      select *,
        row_number() over (partition by key, part order by nullif(value, 'NaN') nulls last, place) as lowest,
        row_number() over (partition by key, part order by nullif(value, 'NaN') desc nulls last, place) as highest
      from grouped
    )
    select key, step, value, ${milliseconds(sql`time`)} as at, total::integer as total from ranked
    where total <= ${points} or lowest = 1 or highest = 1 or place = 0 or place = total - 1
    order by key, step, time, value`.execute(ctx.db);
  const byKey = Map.groupBy(result.rows, ({ key }) => key);
  return {
    items: keys.map((key) => {
      const rows = byKey.get(key) ?? [];
      return {
        key,
        total: rows[0]?.total ?? 0,
        points: rows.map(({ step, value, at }) => ({ step, at, value: Number.isFinite(value) ? value : null })),
      };
    }),
  };
}
