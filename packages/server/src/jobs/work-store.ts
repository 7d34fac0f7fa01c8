import type { RunnerBounds } from "@pave/contract";
import { sql } from "kysely";
import { json } from "../db/column-types.ts";
import type { Ctx } from "../db/context.ts";
import { leaseSeconds, type Work, type WorkProgress, type WorkResult, type WorkState } from "./work.ts";

const now = sql<Date>`clock_timestamp()`;
const leaseEnd = sql<Date>`clock_timestamp() + ${leaseSeconds} * interval '1 second'`;

const columns = [
  "id",
  "kind",
  "owner_kind as ownerKind",
  "owner_id as ownerId",
  "project_id as projectId",
  "payload",
  "state",
  "cancel_requested as cancelRequested",
  "runner_id as runnerId",
  "fence",
  "claims",
  "progress",
  "lease_until as leaseUntil",
  "started_at as startedAt",
] as const;

export interface NewWork {
  readonly id: string;
  readonly kind: string;
  readonly ownerKind: string;
  readonly ownerId: string;
  readonly projectId: string | null;
  readonly payload: unknown;
  readonly delayMs: number;
}

export async function insertWork(ctx: Ctx, work: readonly NewWork[]): Promise<void> {
  if (work.length === 0) return;
  const rows = work.map((row) => ({
    id: row.id,
    kind: row.kind,
    owner_kind: row.ownerKind,
    owner_id: row.ownerId,
    project_id: row.projectId,
    payload: json(row.payload),
    available_at: sql<Date>`clock_timestamp() + ${row.delayMs} * interval '1 millisecond'`,
  }));
  await ctx.db.insertInto("work").values(rows).execute();
}

/** Takes the oldest queued rows for a runner. Two claimers never get the same row: locked ones are passed over. */
export async function leaseQueued(ctx: Ctx, runnerId: string, limit: number): Promise<Work[]> {
  return ctx.db
    .with("next", (db) =>
      db
        .selectFrom("work")
        .select("id")
        .where("state", "=", "queued")
        .where("available_at", "<=", now)
        .orderBy("created_at")
        .limit(limit)
        .forUpdate()
        .skipLocked(),
    )
    .updateTable("work")
    .set({
      state: "leased",
      runner_id: runnerId,
      fence: sql`fence + 1`,
      claims: sql`claims + 1`,
      lease_until: leaseEnd,
      progress: null,
      started_at: null,
    })
    .where("id", "in", (eb) => eb.selectFrom("next").select("next.id"))
    .returning(columns)
    .execute();
}

export interface Holding {
  readonly workId: string;
  readonly fence: number;
}

/** Renews the leases of those that this runner still holds, also where a lease has passed but nobody took over. */
export async function renewLeases(ctx: Ctx, runnerId: string, holding: readonly Holding[]): Promise<Work[]> {
  if (holding.length === 0) return [];
  return ctx.db
    .with("mine", (db) =>
      // In one order, so that two renewals at once cannot wait for each other.
      db
        .selectFrom("work")
        .select("id")
        .where("runner_id", "=", runnerId)
        .where("state", "in", ["leased", "queued"])
        .where(heldBy(holding))
        .orderBy("id")
        .forUpdate(),
    )
    .updateTable("work")
    .set({ state: "leased", lease_until: leaseEnd })
    .where("id", "in", (eb) => eb.selectFrom("mine").select("mine.id"))
    .returning(columns)
    .execute();
}

export async function findCancelled(ctx: Ctx, runnerId: string, holding: readonly Holding[]): Promise<string[]> {
  if (holding.length === 0) return [];
  const rows = await ctx.db
    .selectFrom("work")
    .select("id")
    .where("runner_id", "=", runnerId)
    .where("cancel_requested", "=", true)
    .where("state", "=", "leased")
    .where(heldBy(holding))
    .execute();
  return rows.map((row) => row.id);
}

const heldBy = (holding: readonly Holding[]) =>
  sql<boolean>`(id, fence) in (select * from unnest(${holding.map((item) => item.workId)}::text[], ${holding.map((item) => item.fence)}::bigint[]))`;

export async function setProgress(ctx: Ctx, workId: string, progress: WorkProgress): Promise<void> {
  await ctx.db
    .updateTable("work")
    .set({ progress: progress.state, started_at: progress.startedAt })
    .where("id", "=", workId)
    .execute();
}

export async function findWork(ctx: Ctx, workId: string): Promise<Work | undefined> {
  return ctx.db.selectFrom("work").select(columns).where("id", "=", workId).executeTakeFirst();
}

export async function lockWork(ctx: Ctx, workId: string): Promise<Work | undefined> {
  return ctx.db.selectFrom("work").select(columns).where("id", "=", workId).forUpdate().executeTakeFirst();
}

export async function endWork(
  ctx: Ctx,
  workId: string,
  end: { state: Extract<WorkState, "done" | "cancelled">; fence: number; result: WorkResult },
): Promise<void> {
  await ctx.db
    .updateTable("work")
    .set({ state: end.state, fence: end.fence, result: json(end.result), finished_at: now, lease_until: null })
    .where("id", "=", workId)
    .execute();
}

export async function markCancelRequested(ctx: Ctx, workId: string): Promise<void> {
  await ctx.db.updateTable("work").set({ cancel_requested: true }).where("id", "=", workId).execute();
}

/** The fence stays: until the next claim the holder may come back. */
export async function requeue(ctx: Ctx, workId: string, delayMs: number): Promise<void> {
  await ctx.db
    .updateTable("work")
    .set({
      state: "queued",
      lease_until: null,
      available_at: sql<Date>`clock_timestamp() + ${delayMs} * interval '1 millisecond'`,
    })
    .where("id", "=", workId)
    .execute();
}

export async function findExpired(ctx: Ctx): Promise<string[]> {
  const rows = await ctx.db
    .selectFrom("work")
    .select("id")
    .where("state", "=", "leased")
    .where("lease_until", "<", now)
    .orderBy("lease_until")
    .limit(100)
    .execute();
  return rows.map((row) => row.id);
}

/** The row, locked, when its lease has passed; undefined when it was renewed, ended, or another reaper has it. */
export async function lockExpired(ctx: Ctx, workId: string): Promise<Work | undefined> {
  return ctx.db
    .selectFrom("work")
    .select(columns)
    .where("id", "=", workId)
    .where("state", "=", "leased")
    .where("lease_until", "<", now)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
}

/** What a runner told of its machine; null where it has not. */
export interface RunnerHost {
  readonly cpus: number | null;
  readonly pythons: readonly string[] | null;
}

/** How it keeps steps apart; null where it has not told. */
export interface RunnerApartness {
  readonly isolation: string | null;
  readonly bounds: RunnerBounds | null;
}

export async function seeRunner(ctx: Ctx, runnerId: string, runner: RunnerApartness & RunnerHost): Promise<void> {
  const { isolation, bounds, cpus, pythons } = runner;
  const host = { bounds: bounds && json(bounds), cpus, pythons: pythons && json(pythons) };
  const seen = { principal_id: ctx.actor.principalId, isolation, last_seen_at: now, ...host };
  await ctx.db
    .insertInto("runners")
    .values({ id: runnerId, ...seen })
    .onConflict((conflict) => conflict.column("id").doUpdateSet(seen))
    .execute();
}

/** The runners that were seen lately; a claim waits at most 30 s. */
export async function findPresentRunners(ctx: Ctx): Promise<(RunnerApartness & RunnerHost)[]> {
  const rows = await ctx.db
    .selectFrom("runners")
    .select(["isolation", "bounds", "cpus", "pythons"])
    .where("last_seen_at", ">", sql<Date>`clock_timestamp() - interval '45 seconds'`)
    .execute();
  return rows.map((row) => ({
    ...row,
    bounds: row.bounds as RunnerBounds | null,
    pythons: row.pythons as string[] | null,
  }));
}

export async function deleteOld(ctx: Ctx, days: number): Promise<void> {
  const before = sql<Date>`clock_timestamp() - ${days} * interval '1 day'`;
  await ctx.db
    .deleteFrom("work")
    .where("state", "in", ["done", "cancelled"])
    .where("finished_at", "<", before)
    .execute();
  await ctx.db.deleteFrom("runners").where("last_seen_at", "<", before).execute();
}
