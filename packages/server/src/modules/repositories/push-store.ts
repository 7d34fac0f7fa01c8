import type { RepositoryPush } from "@pave/contract";
import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";
import { newId } from "../../kernel/ids.ts";
import type { Push } from "./read-push.ts";

export type PushState = RepositoryPush["state"];

export interface PushRow {
  readonly id: string;
  readonly repositoryId: string;
  readonly branch: string;
  readonly commit: string;
  readonly message: string;
  readonly author: string;
  readonly state: PushState;
  readonly detail: string;
  readonly revisionNumber: number | null;
  readonly runId: string | null;
  readonly runNumber: number | null;
  readonly planNumber: number | null;
  readonly receivedAt: Date;
  readonly finishedAt: Date | null;
  readonly statusDueAt: Date | null;
  readonly statusVersion: number;
  readonly statusAttempts: number;
  readonly statusError: string | null;
}

const columns = [
  "id",
  "repository_id as repositoryId",
  "branch",
  "commit",
  "message",
  "author",
  "state",
  "detail",
  "revision_number as revisionNumber",
  "run_id as runId",
  "run_number as runNumber",
  "plan_number as planNumber",
  "received_at as receivedAt",
  "finished_at as finishedAt",
  "status_due_at as statusDueAt",
  "status_version as statusVersion",
  "status_attempts as statusAttempts",
  "status_error as statusError",
] as const;

/** Undefined where the delivery came before. */
export async function insertPush(ctx: Ctx, repositoryId: string, push: Push): Promise<string | undefined> {
  const id = newId();
  const now = ctx.clock.now();
  const row = await ctx.db
    .insertInto("repository_pushes")
    .values({
      id,
      repository_id: repositoryId,
      delivery_id: push.deliveryId,
      branch: push.branch,
      commit: push.commit,
      message: push.message,
      author: push.author,
      state: "received",
      received_at: now,
      status_due_at: now,
    })
    .onConflict((conflict) => conflict.columns(["repository_id", "delivery_id"]).doNothing())
    .returning("id")
    .executeTakeFirst();
  return row?.id;
}

/** Those that are not at their end, the oldest first. */
export const openPushes = (ctx: Ctx, limit: number): Promise<PushRow[]> =>
  pushes(ctx).where("finished_at", "is", null).orderBy("received_at").limit(limit).execute() as Promise<PushRow[]>;

export const findPush = async (
  ctx: Ctx,
  id: string,
  options: { lock?: boolean } = {},
): Promise<PushRow | undefined> => {
  const query = pushes(ctx).where("id", "=", id);
  return (await (options.lock ? query.forUpdate() : query).executeTakeFirst()) as PushRow | undefined;
};

/** Has a later push of the same branch come? */
export async function isReplaced(ctx: Ctx, push: PushRow): Promise<boolean> {
  const later = await ctx.db
    .selectFrom("repository_pushes")
    .select("id")
    .where("repository_id", "=", push.repositoryId)
    .where("branch", "=", push.branch)
    .where("received_at", ">", push.receivedAt)
    .limit(1)
    .executeTakeFirst();
  return later !== undefined;
}

export async function listPushes(
  ctx: Ctx,
  repositoryId: string,
  page: { readonly limit: number; readonly before: Date | undefined },
): Promise<PushRow[]> {
  let query = pushes(ctx).where("repository_id", "=", repositoryId);
  if (page.before) query = query.where("received_at", "<", page.before);
  return (await query.orderBy("received_at", "desc").limit(page.limit).execute()) as PushRow[];
}

export interface PushChange {
  readonly state: PushState;
  readonly detail: string;
  readonly revisionNumber?: number;
  readonly run?: { readonly id: string; readonly number: number };
  readonly planNumber?: number;
}

/** The host is to be told of every change. */
export async function changePush(ctx: Ctx, id: string, change: PushChange): Promise<void> {
  const now = ctx.clock.now();
  const isEnd = ["succeeded", "failed", "superseded"].includes(change.state);
  await ctx.db
    .updateTable("repository_pushes")
    .set({
      state: change.state,
      detail: change.detail,
      ...(change.revisionNumber === undefined ? {} : { revision_number: change.revisionNumber }),
      ...(change.run ? { run_id: change.run.id, run_number: change.run.number } : {}),
      ...(change.planNumber === undefined ? {} : { plan_number: change.planNumber }),
      ...(isEnd ? { finished_at: now } : {}),
      status_due_at: now,
      status_version: sql`status_version + 1`,
      status_attempts: 0,
      status_error: null,
    })
    .where("id", "=", id)
    .execute();
}

/** Pushes of which the host has not taken the last change. */
export const dueStatuses = (ctx: Ctx, limit: number): Promise<PushRow[]> =>
  pushes(ctx).where("status_due_at", "<=", ctx.clock.now()).orderBy("status_due_at").limit(limit).execute() as Promise<
    PushRow[]
  >;

/** Null as the next time: told, or never to be tried again. What has changed meanwhile stays due. */
export async function noteStatus(
  ctx: Ctx,
  push: Pick<PushRow, "id" | "statusVersion">,
  outcome: { readonly nextAt: Date | null; readonly error: string | null },
): Promise<void> {
  await ctx.db
    .updateTable("repository_pushes")
    .set({
      status_due_at: outcome.nextAt,
      status_error: outcome.error,
      status_attempts: sql`status_attempts + 1`,
    })
    .where("id", "=", push.id)
    .where("status_version", "=", push.statusVersion)
    .execute();
}

const pushes = (ctx: Ctx) => ctx.db.selectFrom("repository_pushes").select(columns);
