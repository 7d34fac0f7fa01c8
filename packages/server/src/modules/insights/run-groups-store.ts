import type { RunGroup } from "@pave/contract";
import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";

export type GroupFigures = Pick<RunGroup, "value" | "count" | "metric">;

/** Runs by the value of a param or tag, the largest group first and those without one last, with a metric's spread. */
export async function groupFigures(
  ctx: Ctx,
  runIds: readonly string[],
  by: { readonly on: "param" | "tag"; readonly key: string },
  metric: string | undefined,
): Promise<GroupFigures[]> {
  const table = by.on === "param" ? sql`tracked_params` : sql`tracked_tags`;
  const { rows } = await sql<{
    value: string | null;
    count: number;
    runs: number;
    min: number | null;
    max: number | null;
    mean: number | null;
  }>`
    select v.value, count(*)::integer as count, count(m.value)::integer as runs, min(m.value) as min, max(m.value) as max,
      avg(m.value) as mean
    from unnest(${[...runIds]}::text[]) as i(run_id)
    left join ${table} v on v.run_id = i.run_id and v.key = ${by.key}
    left join latest_metrics m on m.run_id = i.run_id and m.key = ${metric ?? null}::text
      and m.value > '-Infinity' and m.value < 'Infinity'
    group by v.value order by v.value is null, count(*) desc, v.value`.execute(ctx.db);
  return rows.map(({ value, count, runs, min, max, mean }) => ({
    value,
    count,
    metric: min === null || max === null || mean === null ? null : { runs, min, max, mean },
  }));
}
