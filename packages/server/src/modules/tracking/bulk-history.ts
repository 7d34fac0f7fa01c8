import { sql } from "kysely";
import { milliseconds } from "../../db/conditions.ts";
import type { Ctx } from "../../db/context.ts";
import type { SampledPoint } from "./metric-history.ts";

/** One metric of several runs: points by run, then by time, the first so many of all. */
export async function bulkHistory(
  ctx: Ctx,
  { runIds, key, limit }: { readonly runIds: readonly string[]; readonly key: string; readonly limit: number },
): Promise<SampledPoint[]> {
  const { rows } = await sql<SampledPoint>`
    select run_id as "runId", value, ${milliseconds(sql`time`)} as timestamp, step from metric_points
    where run_id = any(${[...runIds]}::text[]) and key = ${key}
    order by run_id, time, step, value limit ${limit}`.execute(ctx.db);
  return rows;
}
