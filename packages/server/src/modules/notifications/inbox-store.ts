import type { InboxItem, NotificationKind } from "@pave/contract";
import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";

/**
 * Into these inboxes, on top and unread. `onlyNew`: whoever has it keeps it as it is. Gives those for whom something
 * changed.
 */
export async function putInInboxes(
  ctx: Ctx,
  notificationId: string,
  principalIds: readonly string[],
  options: { readonly onlyNew: boolean },
): Promise<string[]> {
  if (principalIds.length === 0) return [];
  const at = ctx.clock.now();
  const rows = await ctx.db
    .insertInto("inbox_items")
    .values(principalIds.map((principal_id) => ({ principal_id, notification_id: notificationId, at })))
    .onConflict((conflict) => {
      const same = conflict.columns(["principal_id", "notification_id"]);
      return options.onlyNew ? same.doNothing() : same.doUpdateSet({ at, read_at: null });
    })
    .returning("principal_id as principalId")
    .execute();
  return rows.map(({ principalId }) => principalId);
}

/** Out of the inboxes of everybody else; gives whose they were. */
export async function keepOnlyIn(ctx: Ctx, notificationId: string, principalIds: readonly string[]): Promise<string[]> {
  const rows = await ctx.db
    .deleteFrom("inbox_items")
    .where("notification_id", "=", notificationId)
    .where("principal_id", "not in", [...principalIds, ""])
    .returning("principal_id as principalId")
    .execute();
  return rows.map(({ principalId }) => principalId);
}

export interface InboxFilter {
  readonly principalId: string;
  /** What the reader may no longer read is left out. */
  readonly projectIds: readonly string[] | "all";
  /** What belongs to no project; a token of one project does not read that. */
  readonly platform: boolean;
  readonly show: "all" | "unread";
  readonly kind?: NotificationKind | undefined;
  readonly before?: { readonly at: Date; readonly id: string } | undefined;
  readonly limit: number;
}

/** A plan that was decided a moment ago is gone at once, though nobody has told of it yet. */
const isOpen = sql<boolean>`n.closed_at is null and (n.kind <> 'approval-wanted' or exists (
  select from plans p where p.id = n.subject and p.state = 'open'))`;

const isReadable = ({ projectIds, platform }: Pick<InboxFilter, "projectIds" | "platform">) =>
  sql<boolean>`case when n.project_id is null then ${platform}::boolean
    else ${projectIds === "all"}::boolean or n.project_id = any(${projectIds === "all" ? [] : [...projectIds]}::text[]) end`;

/** The newest first. */
export async function listItems(ctx: Ctx, filter: InboxFilter): Promise<InboxItem[]> {
  const { before, kind } = filter;
  const { rows } = await sql<Omit<InboxItem, "at" | "readAt"> & { at: Date; readAt: Date | null }>`
    select n.id, n.kind, n.title, n.detail, n.href, j.name as project, n.urgent, n.count, i.at, i.read_at as "readAt"
    from inbox_items i
    join notifications n on n.id = i.notification_id
    left join projects j on j.id = n.project_id
    where i.principal_id = ${filter.principalId}
      and ${filter.show === "all" ? sql`true` : sql`i.read_at is null`}
      and ${kind === undefined ? sql`true` : sql`n.kind = ${kind}`}
      and ${before === undefined ? sql`true` : sql`(i.at, i.notification_id) < (${before.at}::timestamptz, ${before.id})`}
      and ${isOpen} and ${isReadable(filter)}
    order by i.at desc, i.notification_id desc limit ${filter.limit}`.execute(ctx.db);
  return rows.map((row) => ({ ...row, at: row.at.toISOString(), readAt: row.readAt?.toISOString() ?? null }));
}

/** Counted to `most`, so that a full inbox costs no more than that. */
export async function countUnread(
  ctx: Ctx,
  filter: Pick<InboxFilter, "principalId" | "projectIds" | "platform">,
  most: number,
): Promise<number> {
  const { rows } = await sql<{ count: string }>`
    select count(*) as count from (
      select from inbox_items i join notifications n on n.id = i.notification_id
      where i.principal_id = ${filter.principalId} and i.read_at is null and ${isOpen} and ${isReadable(filter)}
      limit ${most}) u`.execute(ctx.db);
  return Number(rows[0]?.count ?? 0);
}

/** All of one's own when no ids are given. */
export async function setRead(
  ctx: Ctx,
  principalId: string,
  { ids, read }: { readonly ids?: readonly string[] | undefined; readonly read: boolean },
): Promise<number> {
  let query = ctx.db
    .updateTable("inbox_items")
    .set({ read_at: read ? ctx.clock.now() : null })
    .where("principal_id", "=", principalId)
    .where("read_at", read ? "is" : "is not", null);
  if (ids) query = query.where("notification_id", "in", [...ids, ""]);
  const { numUpdatedRows } = await query.executeTakeFirst();
  return Number(numUpdatedRows);
}
