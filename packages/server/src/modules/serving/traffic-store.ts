import { type Latency, latencyBucketsMs } from "@pave/contract";
import { sql } from "kysely";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { mergeWindows, rolledUpSeconds, rollUpAfterHours, type TrafficWindow, windowSeconds } from "./traffic.ts";

/** Those of the ids that were never counted; from here on they are. */
export async function claimWindows(ctx: Ctx, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await ctx.db
    .insertInto("gateway_windows")
    .values([...new Set(ids)].sort().map((window_id) => ({ window_id, received_at: ctx.clock.now() })))
    .onConflict((conflict) => conflict.column("window_id").doNothing())
    .returning("window_id")
    .execute();
  return new Set(rows.map((row) => row.window_id));
}

/** Adds counts to what is there. Windows are merged and sorted by the caller. */
export async function addWindows(ctx: Ctx, windows: readonly TrafficWindow[], seconds = windowSeconds): Promise<void> {
  if (windows.length === 0) return;
  const values = windows.map((window) => ({
    deployment_id: window.deploymentId,
    release_id: window.releaseId,
    start: window.start,
    seconds,
    requests: window.requests,
    rows: window.rows,
    errors4xx: window.errors4xx,
    errors5xx: window.errors5xx,
    latency_sum_ms: window.latency.sumMs,
    latency_max_ms: window.latency.maxMs,
    latency_buckets: [...window.latency.buckets],
  }));
  await ctx.db
    .insertInto("traffic_windows")
    .values(values)
    .onConflict((conflict) =>
      conflict.columns(["deployment_id", "start", "release_id"]).doUpdateSet({
        seconds: sql`greatest(traffic_windows.seconds, excluded.seconds)`,
        ...addedTo("traffic_windows"),
      }),
    )
    .execute();
}

/** The columns of counts on a conflict: what is there and what comes, added up. */
export const addedTo = (table: "traffic_windows" | "rollout_counts") => {
  const [there, coming] = [
    (column: string) => sql.ref(`${table}.${column}`),
    (column: string) => sql.ref(`excluded.${column}`),
  ];
  const sum = (column: string) => sql<number>`${there(column)} + ${coming(column)}`;
  return {
    requests: sum("requests"),
    rows: sum("rows"),
    errors4xx: sum("errors4xx"),
    errors5xx: sum("errors5xx"),
    latency_sum_ms: sum("latency_sum_ms"),
    latency_max_ms: sql<number>`greatest(${there("latency_max_ms")}, ${coming("latency_max_ms")})`,
    latency_buckets: sql<
      number[]
    >`(select array_agg(coalesce(b.old, 0) + coalesce(b.new, 0) order by b.position) from unnest(${there("latency_buckets")}, ${coming("latency_buckets")}) with ordinality as b(old, new, position))`,
  };
};

/** Windows that no chart shows one by one any more become fewer, longer ones; what they count stays the same. */
export async function rollUpTraffic(ctx: Ctx): Promise<void> {
  const before = new Date(ctx.clock.now().getTime() - rollUpAfterHours * 3_600_000);
  for (let isMore = true; isMore; ) {
    isMore = await inTransaction(ctx, async (ctx) => {
      const rows = await ctx.db
        .deleteFrom("traffic_windows")
        .where(
          sql<boolean>`(deployment_id, start, release_id) in (select deployment_id, start, release_id from traffic_windows
            where seconds < ${rolledUpSeconds} and start < ${before} order by start limit ${rollUpBatch} for update skip locked)`,
        )
        .returning(windowColumns)
        .execute();
      await addWindows(ctx, mergeWindows(rows.map(toWindow), rolledUpSeconds), rolledUpSeconds);
      return rows.length === rollUpBatch;
    });
  }
}

const rollUpBatch = 5000;

const windowColumns = [
  "deployment_id as deploymentId",
  "release_id as releaseId",
  "start",
  "requests",
  "rows",
  "errors4xx",
  "errors5xx",
  "latency_sum_ms as sumMs",
  "latency_max_ms as maxMs",
  "latency_buckets as buckets",
] as const;

const toWindow = ({
  sumMs,
  maxMs,
  buckets,
  ...window
}: Omit<TrafficWindow, "latency"> & { sumMs: number; maxMs: number; buckets: readonly number[] }): TrafficWindow => ({
  ...window,
  latency: latencyOf(sumMs, maxMs, buckets),
});

export async function listWindows(
  ctx: Ctx,
  filter: { deploymentIds: readonly string[]; since: Date },
): Promise<TrafficWindow[]> {
  if (filter.deploymentIds.length === 0) return [];
  const rows = await ctx.db
    .selectFrom("traffic_windows")
    .select(windowColumns)
    .where("deployment_id", "in", [...filter.deploymentIds])
    .where("start", ">=", filter.since)
    .orderBy("start")
    .execute();
  return rows.map(toWindow);
}

/** What was counted for a deployment since then, of all its releases. One scan of the primary key's range. */
export async function sumTraffic(
  ctx: Ctx,
  deploymentId: string,
  since: Date,
): Promise<Pick<TrafficWindow, "requests" | "rows"> & { readonly totalMs: number }> {
  const { requests, rows, totalMs } = await ctx.db
    .selectFrom("traffic_windows")
    .select((eb) => [
      eb.fn.sum<number | null>("requests").as("requests"),
      eb.fn.sum<number | null>("rows").as("rows"),
      eb.fn.sum<number | null>("latency_sum_ms").as("totalMs"),
    ])
    .where("deployment_id", "=", deploymentId)
    .where("start", ">=", since)
    .executeTakeFirstOrThrow();
  return { requests: Number(requests), rows: Number(rows), totalMs: Number(totalMs) };
}

/** Buckets of today's number, should an older version have counted by another. */
export const latencyOf = (sumMs: number, maxMs: number, buckets: readonly number[]): Latency => ({
  sumMs,
  maxMs,
  buckets: Array.from({ length: latencyBucketsMs.length + 1 }, (_, index) => buckets[index] ?? 0),
});

/** Windows older than thirty days, and ids older than gateways keep windows to send again. */
export async function pruneTraffic(ctx: Ctx): Promise<void> {
  const daysAgo = (days: number) => new Date(ctx.clock.now().getTime() - days * 24 * 3_600_000);
  await ctx.db.deleteFrom("traffic_windows").where("start", "<", daysAgo(30)).execute();
  await ctx.db.deleteFrom("gateway_windows").where("received_at", "<", daysAgo(8)).execute();
}

export interface SloWindow {
  readonly minutes: number;
  readonly requests: number;
  readonly failed: number;
  /** In latency buckets from the given one on. */
  readonly slow: number;
}

/** What was counted for a deployment over several spans that end now, of all its releases, in one scan of the longest. */
export async function sumForSlo(
  ctx: Ctx,
  deploymentId: string,
  minutes: readonly number[],
  slowBucket: number,
): Promise<SloWindow[]> {
  const now = ctx.clock.now().getTime();
  const since = (span: number) => new Date(now - span * 60_000);
  const { rows } = await sql<SloWindow>`
    select s.minutes::int as minutes, coalesce(sum(w.requests), 0)::bigint as requests,
      coalesce(sum(w.errors5xx), 0)::bigint as failed,
      coalesce(sum((select sum(b) from unnest(w.latency_buckets[${slowBucket + 1}:]) as b)), 0)::bigint as slow
    from unnest(${[...minutes]}::int[], ${minutes.map(since)}::timestamptz[]) as s(minutes, since)
    left join traffic_windows as w on w.deployment_id = ${deploymentId}
      and w.start >= ${since(Math.max(...minutes))} and w.start >= s.since
    group by s.minutes`.execute(ctx.db);
  return rows;
}
