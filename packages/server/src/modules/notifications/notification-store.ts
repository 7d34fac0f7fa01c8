import type { NotificationKind } from "@pave/contract";
import { sql } from "kysely";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";
import { newId } from "../../kernel/ids.ts";
import type { NewNotification, NotificationRow } from "./notification.ts";

/** Nobody else tells the same until the transaction ends. */
export async function lockSubject(
  ctx: Ctx,
  { kind, subject }: Pick<NewNotification, "kind" | "subject">,
): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('notification'), hashtext(${`${kind} ${subject}`}))`.execute(ctx.db);
}

/** The newest of this kind and subject. */
export async function findNewest(ctx: Ctx, { kind, subject }: Pick<NewNotification, "kind" | "subject">) {
  return ctx.db
    .selectFrom("notifications")
    .select(["id", "first_at as firstAt", "closed_at as closedAt"])
    .where("kind", "=", kind)
    .where("subject", "=", subject)
    .orderBy("first_at", "desc")
    .limit(1)
    .executeTakeFirst();
}

export async function insertNotification(ctx: Ctx, given: NewNotification): Promise<string> {
  const [id, now] = [newId(), ctx.clock.now()];
  await ctx.db
    .insertInto("notifications")
    .values({ id, kind: given.kind, subject: given.subject, project_id: given.projectId, ...words(given) })
    .execute();
  return id;

  function words({ urgent = false, title, detail = "", href, data = {} }: NewNotification) {
    return { urgent, title, detail, href, data: json(data), first_at: now, last_at: now };
  }
}

/** The newest words count; once urgent it stays so. */
export async function repeatNotification(ctx: Ctx, id: string, given: NewNotification, by: number): Promise<void> {
  const { urgent = false, title, detail = "", href, data = {} } = given;
  await ctx.db
    .updateTable("notifications")
    .set((eb) => ({
      ...{ title, detail, href, data: json(data), last_at: ctx.clock.now(), closed_at: null },
      urgent: sql<boolean>`urgent or ${urgent}::boolean`,
      count: eb("count", "+", by),
    }))
    .where("id", "=", id)
    .execute();
}

/** Nobody needs to act on it any more; gives whose inboxes it was in. */
export async function closeNotification(ctx: Ctx, kind: NotificationKind, subject: string): Promise<string[]> {
  const { rows } = await sql<{ principalId: string }>`
    with closed as (
      update notifications set closed_at = ${ctx.clock.now()}
      where kind = ${kind} and subject = ${subject} and closed_at is null
      returning id
    ), gone as (
      delete from notification_deliveries where notification_id in (select id from closed) and state = 'waiting'
    )
    select i.principal_id as "principalId" from inbox_items i join closed c on c.id = i.notification_id`.execute(
    ctx.db,
  );
  return rows.map(({ principalId }) => principalId);
}

/** What a message is made of, with the project's team and tier as they are now. */
export async function findNotifications(ctx: Ctx, ids: readonly string[]): Promise<NotificationRow[]> {
  const rows = await ctx.db
    .selectFrom("notifications as n")
    .leftJoin("projects as j", "j.id", "n.project_id")
    .select([
      "n.id as id",
      "n.kind as kind",
      "n.subject as subject",
      "n.project_id as projectId",
      "j.name as project",
      "j.owner as team",
      "j.tier as tier",
      "n.urgent as urgent",
      "n.title as title",
      "n.detail as detail",
      "n.href as href",
      "n.data as data",
      "n.count as count",
      "n.first_at as firstAt",
      "n.last_at as lastAt",
    ])
    .where("n.id", "in", [...ids])
    .orderBy("n.id")
    .execute();
  return rows as NotificationRow[];
}

/** How many were forgotten, at most so many. What is still open or still to be sent never is. */
export async function deleteNotificationsBefore(ctx: Ctx, time: Date, limit: number): Promise<number> {
  const { rows } = await sql`
    delete from notifications where id in (
      select n.id from notifications n where n.last_at < ${time}
        and not (n.kind = 'approval-wanted' and n.closed_at is null)
        and not exists (select from notification_deliveries d where d.notification_id = n.id and d.state = 'waiting')
      order by n.last_at limit ${limit} for update skip locked)
    returning id`.execute(ctx.db);
  return rows.length;
}
