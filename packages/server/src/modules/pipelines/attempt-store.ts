import type { AttemptIsolation, AttemptReason, AttemptState, Usage } from "@pave/contract";
import { sql } from "kysely";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";
import { attemptMoves, statesBefore } from "./run-states.ts";

export interface AttemptRow {
  readonly id: string;
  readonly stepId: string;
  readonly step: string;
  readonly runId: string;
  readonly number: number;
  readonly state: AttemptState;
  readonly reason: AttemptReason | null;
  readonly workId: string | null;
  readonly trackedRunId: string;
  readonly tokenId: string | null;
  readonly queuedAt: Date;
}

const attemptQuery = (ctx: Ctx) =>
  ctx.db
    .selectFrom("attempts as a")
    .innerJoin("steps as s", "s.id", "a.step_id")
    .select([
      "a.id as id",
      "a.step_id as stepId",
      "s.name as step",
      "s.run_id as runId",
      "a.number as number",
      "a.state as state",
      "a.reason as reason",
      "a.work_id as workId",
      "a.tracked_run_id as trackedRunId",
      "a.token_id as tokenId",
      "a.queued_at as queuedAt",
    ]);

export async function findAttempt(ctx: Ctx, attemptId: string): Promise<AttemptRow | undefined> {
  return (await attemptQuery(ctx).where("a.id", "=", attemptId).executeTakeFirst()) as AttemptRow | undefined;
}

export async function findStepAttempts(ctx: Ctx, stepId: string): Promise<AttemptRow[]> {
  return (await attemptQuery(ctx).where("a.step_id", "=", stepId).orderBy("a.number").execute()) as AttemptRow[];
}

/** The tracked run of each attempt. */
export async function findTrackedRuns(ctx: Ctx, attemptIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (attemptIds.length === 0) return new Map();
  const rows = await ctx.db
    .selectFrom("attempts")
    .select(["id", "tracked_run_id as trackedRunId"])
    .where("id", "=", sql<string>`any(${[...attemptIds]}::text[])`)
    .execute();
  return new Map(rows.flatMap(({ id, trackedRunId }) => (trackedRunId === null ? [] : [[id, trackedRunId] as const])));
}

/** Work of attempts that are not over, of a run that is to be cancelled. */
export async function findWorkToCancel(ctx: Ctx, runId: string): Promise<string[]> {
  const rows = await attemptQuery(ctx)
    .innerJoin("runs as r", "r.id", "s.run_id")
    .where("r.id", "=", runId)
    .where("r.cancel_requested", "=", true)
    .where("a.state", "in", ["queued", "running"])
    .execute();
  return rows.flatMap((row) => row.workId ?? []);
}

export interface NewAttempt {
  readonly id: string;
  readonly stepId: string;
  readonly workId: string;
  readonly trackedRunId: string;
  readonly compute: string;
}

/** At most one of a step at a time. Gives the number that each got among those of its step, by id. */
export async function insertAttempts(ctx: Ctx, attempts: readonly NewAttempt[]): Promise<ReadonlyMap<string, number>> {
  const rows = await ctx.db
    .insertInto("attempts")
    .values((eb) =>
      attempts.map((attempt) => ({
        id: attempt.id,
        step_id: attempt.stepId,
        number: sql<number>`${eb
          .selectFrom("attempts")
          .select(sql<number>`coalesce(max(number), 0) + 1`.as("next"))
          .where("step_id", "=", attempt.stepId)}`,
        state: "queued" as const,
        compute: attempt.compute,
        work_id: attempt.workId,
        tracked_run_id: attempt.trackedRunId,
        queued_at: ctx.clock.now(),
      })),
    )
    .returning(["id", "number"])
    .execute();
  return new Map(rows.map(({ id, number }) => [id, number]));
}

export async function setToken(ctx: Ctx, attemptId: string, tokenId: string): Promise<void> {
  await ctx.db.updateTable("attempts").set({ token_id: tokenId }).where("id", "=", attemptId).execute();
}

export async function startAttempt(
  ctx: Ctx,
  attemptId: string,
  startedAt: Date,
  isolation: AttemptIsolation | null,
): Promise<boolean> {
  const row = await ctx.db
    .updateTable("attempts")
    .set({ state: "running", started_at: startedAt, isolation: isolation && json(isolation) })
    .where("id", "=", attemptId)
    .where("state", "in", statesBefore(attemptMoves, "running"))
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

export interface AttemptEnd {
  readonly state: "succeeded" | "failed" | "cancelled";
  readonly reason: AttemptReason | null;
  readonly message: string | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date;
  readonly usage: Usage | null;
  readonly isolation: AttemptIsolation | null;
}

export async function endAttempt(ctx: Ctx, attemptId: string, end: AttemptEnd): Promise<void> {
  await ctx.db
    .updateTable("attempts")
    .set({
      state: end.state,
      reason: end.reason,
      message: end.message,
      exit_code: end.exitCode,
      signal: end.signal,
      started_at: sql<Date>`coalesce(started_at, ${end.startedAt})`,
      finished_at: end.finishedAt,
      usage: end.usage === null ? null : json(end.usage),
      isolation: sql`coalesce(${end.isolation && json(end.isolation)}, isolation)`,
    })
    .where("id", "=", attemptId)
    .where("state", "in", statesBefore(attemptMoves, end.state))
    .execute();
}
