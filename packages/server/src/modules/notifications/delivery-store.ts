import type { Delivery, NotificationKind, PrincipalRef, TargetKind } from "@pave/contract";
import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";
import { newId } from "../../kernel/ids.ts";

/** Hint for whoever delivers; sent after commit. */
export const deliveriesChannel = "pave_deliveries";

export interface NewDelivery {
  readonly notificationId: string;
  readonly targetId: string;
  readonly principalId: string | null;
  readonly nextAt: Date;
  readonly batch: string | null;
}

/** One for each target and person that is still to be sent; of several the earliest. */
export async function insertDeliveries(ctx: Ctx, deliveries: readonly NewDelivery[]): Promise<void> {
  const sorted = deliveries.toSorted((a, b) => a.nextAt.getTime() - b.nextAt.getTime());
  if (sorted.length === 0) return;
  const now = ctx.clock.now();
  await ctx.db
    .insertInto("notification_deliveries")
    .values(
      sorted.map((one) => {
        const id = newId();
        const { notificationId: notification_id, targetId: target_id, principalId: principal_id, batch } = one;
        return {
          id,
          notification_id,
          target_id,
          principal_id,
          batch,
          message_id: id,
          next_at: one.nextAt,
          created_at: now,
        };
      }),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** A message that this worker has taken. */
export interface Claimed {
  readonly id: string;
  readonly notificationId: string;
  readonly targetId: string;
  readonly principalId: string | null;
  readonly batch: string | null;
  readonly messageId: string;
  readonly attempts: number;
}

/**
 * What is due, the oldest first, at most so many for each target, none for targets that are busy here. Nobody else gets
 * them for so long. Of a batch only the first: the others go with it.
 */
export async function claimDue(
  ctx: Ctx,
  {
    busy,
    perPlace,
    leaseMs,
  }: { readonly busy: readonly string[]; readonly perPlace: number; readonly leaseMs: number },
): Promise<Claimed[]> {
  const now = ctx.clock.now();
  const { rows } = await sql<Claimed>`
    update notification_deliveries set next_at = ${new Date(now.getTime() + leaseMs)}, attempts = attempts + 1
    where id in (
      select x.id from notification_targets t cross join lateral (
        select d.id from notification_deliveries d
        where d.target_id = t.id and d.state = 'waiting' and d.next_at <= ${now}
          and (d.batch is null or not exists (
            select from notification_deliveries e where e.batch = d.batch and e.state = 'waiting' and e.id < d.id))
        order by d.next_at, d.id limit ${perPlace} for update skip locked) x
      where t.id <> all(${[...busy]}::text[]))
    returning id, notification_id as "notificationId", target_id as "targetId", principal_id as "principalId", batch,
      message_id as "messageId", attempts`.execute(ctx.db);
  return rows;
}

/**
 * What goes in one message with the one that was claimed: settled at the first try, so that a message has the same
 * content whenever it is sent again under its id.
 */
export async function claimBatch(
  ctx: Ctx,
  first: Claimed,
  limit: number,
): Promise<{ id: string; notificationId: string }[]> {
  if (first.batch === null) return [first];
  if (first.attempts === 1)
    await sql`update notification_deliveries set message_id = ${first.messageId} where id in (
      select id from notification_deliveries where batch = ${first.batch} and state = 'waiting' order by id limit ${limit})`.execute(
      ctx.db,
    );
  return ctx.db
    .selectFrom("notification_deliveries")
    .select(["id", "notification_id as notificationId"])
    .where("batch", "=", first.batch)
    .where("state", "=", "waiting")
    .where("message_id", "=", first.messageId)
    .orderBy("id")
    .execute();
}

export async function setDelivered(ctx: Ctx, ids: readonly string[], status: number | null): Promise<void> {
  await ctx.db
    .updateTable("notification_deliveries")
    .set((eb) => ({
      ...{ state: "delivered" as const, last_status: status, last_error: null, delivered_at: ctx.clock.now() },
      attempts: sql<number>`greatest(${eb.ref("attempts")}, 1)`,
    }))
    .where("id", "in", [...ids])
    .where("state", "=", "waiting")
    .execute();
}

/** `nextAt` null: not tried again. */
export async function setUndelivered(
  ctx: Ctx,
  ids: readonly string[],
  { status, error, nextAt }: { status: number | null; error: string; nextAt: Date | null },
): Promise<void> {
  await ctx.db
    .updateTable("notification_deliveries")
    .set({
      ...{ last_status: status, last_error: error },
      ...(nextAt ? { next_at: nextAt } : { state: "failed" as const }),
    })
    .where("id", "in", [...ids])
    .where("state", "=", "waiting")
    .execute();
}

export interface DeliveryFilter {
  /** Those of these targets, or all. */
  readonly targetIds: readonly string[] | "all";
  readonly state?: "waiting" | "delivered" | "failed" | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
}

interface Row {
  id: string;
  target: string;
  team: string | null;
  targetKind: TargetKind;
  personId: string | null;
  personKind: PrincipalRef["kind"] | null;
  personName: string | null;
  kind: NotificationKind;
  title: string;
  href: string;
  project: string | null;
  count: number;
  state: Delivery["state"];
  attempts: number;
  lastStatus: number | null;
  lastError: string | null;
  createdAt: Date;
  nextAt: Date;
  deliveredAt: Date | null;
}

/** The newest first. */
export async function listDeliveries(ctx: Ctx, filter: DeliveryFilter): Promise<Delivery[]> {
  const { targetIds, state, before, limit } = filter;
  const { rows } = await sql<Row>`
    select d.id, t.name as target, g.name as team, t.kind as "targetKind", p.id as "personId", p.kind as "personKind",
           p.name as "personName", n.kind, n.title, n.href, j.name as project, n.count, d.state, d.attempts,
           d.last_status as "lastStatus", d.last_error as "lastError", d.created_at as "createdAt",
           d.next_at as "nextAt", d.delivered_at as "deliveredAt"
    from notification_deliveries d
    join notification_targets t on t.id = d.target_id
    join notifications n on n.id = d.notification_id
    left join principals g on g.id = t.team_id
    left join principals p on p.id = d.principal_id
    left join projects j on j.id = n.project_id
    where ${targetIds === "all" ? sql`true` : sql`d.target_id = any(${[...targetIds]}::text[])`}
      and ${state === undefined ? sql`true` : sql`d.state = ${state}`}
      and ${before === undefined ? sql`true` : sql`d.id < ${before}`}
    order by d.id desc limit ${limit}`.execute(ctx.db);
  return rows.map(({ personId, personKind, personName, createdAt, nextAt, deliveredAt, ...row }) => ({
    ...row,
    person: personId && personKind && personName ? { id: personId, kind: personKind, name: personName } : null,
    createdAt: createdAt.toISOString(),
    nextAt: row.state === "waiting" ? nextAt.toISOString() : null,
    deliveredAt: deliveredAt?.toISOString() ?? null,
  }));
}

export async function findDelivery(ctx: Ctx, id: string): Promise<{ id: string; targetId: string } | undefined> {
  return ctx.db
    .selectFrom("notification_deliveries")
    .select(["id", "target_id as targetId"])
    .where("id", "=", id)
    .executeTakeFirst();
}

/** From the beginning, at once and alone; where the same waits already, that is brought forward. */
export async function sendAgain(ctx: Ctx, id: string): Promise<void> {
  const now = ctx.clock.now();
  await sql`
    with one as (select notification_id, target_id, principal_id from notification_deliveries where id = ${id}),
    same as (
      update notification_deliveries d set next_at = ${now} from one
      where d.notification_id = one.notification_id and d.target_id = one.target_id and d.state = 'waiting'
        and d.principal_id is not distinct from one.principal_id
      returning d.id)
    update notification_deliveries set state = 'waiting', attempts = 0, next_at = ${now}, delivered_at = null, batch = null,
      message_id = case when batch is null then message_id else id end
    where id = ${id} and state <> 'waiting' and not exists (select from same)`.execute(ctx.db);
  ctx.afterCommit(() => ctx.database.notify(deliveriesChannel));
}

/** How many were forgotten, at most so many; what is still to be sent never is. */
export async function deleteEndedBefore(ctx: Ctx, time: Date, limit: number): Promise<number> {
  const { rows } = await sql`
    delete from notification_deliveries where id in (
      select d.id from notification_deliveries d where d.state <> 'waiting' and d.created_at < ${time}
      order by d.created_at limit ${limit} for update skip locked)
    returning id`.execute(ctx.db);
  return rows.length;
}
