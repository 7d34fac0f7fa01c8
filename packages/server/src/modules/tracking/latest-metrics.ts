import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";

/** The latest value of each metric by run; runs without metrics are left out. */
export async function latestMetrics(
  ctx: Ctx,
  runIds: readonly string[],
): Promise<ReadonlyMap<string, Readonly<Record<string, number>>>> {
  if (runIds.length === 0) return new Map();
  const rows = await ctx.db
    .selectFrom("latest_metrics")
    .select(["run_id as runId", "key", "value"])
    .where("run_id", "=", sql<string>`any(${[...runIds]}::text[])`)
    .execute();
  return new Map(
    [...Map.groupBy(rows, ({ runId }) => runId)].map(([runId, metrics]) => [
      runId,
      Object.fromEntries(metrics.map(({ key, value }) => [key, value])),
    ]),
  );
}
