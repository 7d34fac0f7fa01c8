import { openRolloutStates, type RolloutAnalysis } from "@pave/contract";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";
import { addTraffic, type Counts, type TrafficWindow } from "./traffic.ts";
import { addedTo, latencyOf } from "./traffic-store.ts";

/** One step of a canary that has begun. */
export interface RolloutStepRow {
  readonly rolloutId: string;
  /** From 0. */
  readonly position: number;
  readonly weight: number;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly analysis: RolloutAnalysis | null;
  readonly lookedAt: Date | null;
}

export async function beginStep(
  ctx: Ctx,
  step: Pick<RolloutStepRow, "rolloutId" | "position" | "weight" | "startedAt">,
): Promise<void> {
  await ctx.db
    .insertInto("rollout_steps")
    .values({
      rollout_id: step.rolloutId,
      position: step.position,
      weight: step.weight,
      started_at: step.startedAt,
    })
    .execute();
}

export async function saveAnalysis(
  ctx: Ctx,
  key: Pick<RolloutStepRow, "rolloutId" | "position">,
  analysis: RolloutAnalysis,
): Promise<void> {
  await ctx.db
    .updateTable("rollout_steps")
    .set({ analysis: json(analysis), looked_at: analysis.at })
    .where("rollout_id", "=", key.rolloutId)
    .where("position", "=", key.position)
    .execute();
}

/** Ends whatever step is on. */
export async function endSteps(ctx: Ctx, rolloutId: string): Promise<void> {
  await ctx.db
    .updateTable("rollout_steps")
    .set({ finished_at: ctx.clock.now() })
    .where("rollout_id", "=", rolloutId)
    .where("finished_at", "is", null)
    .execute();
}

export async function listSteps(ctx: Ctx, rolloutId: string): Promise<RolloutStepRow[]> {
  return (await ctx.db
    .selectFrom("rollout_steps")
    .select([
      "rollout_id as rolloutId",
      "position",
      "weight",
      "started_at as startedAt",
      "finished_at as finishedAt",
      "analysis",
      "looked_at as lookedAt",
    ])
    .where("rollout_id", "=", rolloutId)
    .orderBy("position")
    .execute()) as RolloutStepRow[];
}

/**
 * Adds windows to the counts of the step that was on when they began, so that the analysis of a step reads one row a
 * release however long it lasts. A window that began before its step is of another split of the traffic and left out.
 */
export async function countForSteps(ctx: Ctx, windows: readonly TrafficWindow[]): Promise<void> {
  const deploymentIds = [...new Set(windows.map(({ deploymentId }) => deploymentId))];
  if (deploymentIds.length === 0) return;
  const steps = await ctx.db
    .selectFrom("rollouts as o")
    .innerJoin("rollout_steps as s", "s.rollout_id", "o.id")
    .select([
      "o.id",
      "o.deployment_id as deploymentId",
      "s.position",
      "s.started_at as startedAt",
      "s.finished_at as finishedAt",
    ])
    .where("o.deployment_id", "in", deploymentIds)
    .where("o.kind", "=", "canary")
    .where("o.state", "in", [...openRolloutStates])
    .execute();
  const counts = new Map<string, { id: string; position: number; releaseId: string; counts: Counts }>();
  for (const window of windows) {
    const step = steps.find(
      ({ deploymentId, startedAt, finishedAt }) =>
        deploymentId === window.deploymentId &&
        startedAt <= window.start &&
        (finishedAt === null || window.start < finishedAt),
    );
    if (!step) continue;
    const key = `${step.id} ${String(step.position).padStart(3, "0")} ${window.releaseId}`;
    const before = counts.get(key)?.counts;
    counts.set(key, {
      id: step.id,
      position: step.position,
      releaseId: window.releaseId,
      counts: before ? addTraffic(before, window) : window,
    });
  }
  if (counts.size === 0) return;
  // sorted, so that reports at the same time lock rows in one order
  const rows = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  await ctx.db
    .insertInto("rollout_counts")
    .values(
      rows.map(({ id, position, releaseId, counts }) => ({
        rollout_id: id,
        position,
        release_id: releaseId,
        requests: counts.requests,
        rows: counts.rows,
        errors4xx: counts.errors4xx,
        errors5xx: counts.errors5xx,
        latency_sum_ms: counts.latency.sumMs,
        latency_max_ms: counts.latency.maxMs,
        latency_buckets: [...counts.latency.buckets],
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(["rollout_id", "position", "release_id"]).doUpdateSet(addedTo("rollout_counts")),
    )
    .execute();
}

/** What was counted for the step, by release. */
export async function stepCounts(
  ctx: Ctx,
  key: Pick<RolloutStepRow, "rolloutId" | "position">,
): Promise<ReadonlyMap<string, Counts>> {
  const rows = await ctx.db
    .selectFrom("rollout_counts")
    .select([
      "release_id as releaseId",
      "requests",
      "rows",
      "errors4xx",
      "errors5xx",
      "latency_sum_ms as sumMs",
      "latency_max_ms as maxMs",
      "latency_buckets as buckets",
    ])
    .where("rollout_id", "=", key.rolloutId)
    .where("position", "=", key.position)
    .execute();
  return new Map(
    rows.map(({ releaseId, sumMs, maxMs, buckets, ...counts }) => [
      releaseId,
      { ...counts, latency: latencyOf(sumMs, maxMs, buckets) },
    ]),
  );
}
