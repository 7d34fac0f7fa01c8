import { sql } from "kysely";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";

export interface CommentRow {
  readonly id: string;
  readonly projectId: string;
  readonly subject: string;
  readonly replyTo: string | null;
  readonly text: string;
  readonly authorId: string;
  /** Ids of those who were told. */
  readonly mentioned: readonly string[];
  readonly createdAt: Date;
  readonly editedAt: Date | null;
  readonly deletedAt: Date | null;
  readonly resolvedAt: Date | null;
  readonly resolvedById: string | null;
}

const columns = [
  "id",
  "project_id as projectId",
  "subject",
  "reply_to as replyTo",
  "text",
  "author as authorId",
  "mentioned",
  "created_at as createdAt",
  "edited_at as editedAt",
  "deleted_at as deletedAt",
  "resolved_at as resolvedAt",
  "resolved_by as resolvedById",
] as const;

/** All about one subject, the oldest first; the newest two thousand where there are more. */
export async function listComments(ctx: Ctx, projectId: string, subject: string): Promise<CommentRow[]> {
  const rows = await ctx.db
    .selectFrom("comments")
    .select(columns)
    .where("project_id", "=", projectId)
    .where("subject", "=", subject)
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(2000)
    .execute();
  return rows.reverse() as unknown as CommentRow[];
}

export async function findComment(
  ctx: Ctx,
  projectId: string,
  id: string,
  options: { readonly lock?: boolean } = {},
): Promise<CommentRow | undefined> {
  let query = ctx.db.selectFrom("comments").select(columns).where("project_id", "=", projectId).where("id", "=", id);
  if (options.lock) query = query.forUpdate();
  return (await query.executeTakeFirst()) as unknown as CommentRow | undefined;
}

export async function insertComment(
  ctx: Ctx,
  row: Pick<CommentRow, "id" | "projectId" | "subject" | "replyTo" | "text" | "mentioned">,
): Promise<void> {
  await ctx.db
    .insertInto("comments")
    .values({
      id: row.id,
      project_id: row.projectId,
      subject: row.subject,
      reply_to: row.replyTo,
      text: row.text,
      author: ctx.actor.principalId,
      mentioned: json(row.mentioned),
      created_at: ctx.clock.now(),
    })
    .execute();
}

/** What it said is kept before it says something else, or nothing. */
export async function keepVersion(ctx: Ctx, { id, text }: Pick<CommentRow, "id" | "text">): Promise<void> {
  await ctx.db
    .insertInto("comment_versions")
    .values((eb) => ({
      comment_id: id,
      number: eb
        .selectFrom("comment_versions as v")
        .where("v.comment_id", "=", id)
        .select((eb) => eb(eb.fn.coalesce(eb.fn.max("v.number"), eb.lit(0)), "+", 1).as("number")),
      text,
      until: ctx.clock.now(),
    }))
    .execute();
}

export async function listVersions(ctx: Ctx, id: string): Promise<{ text: string; until: Date }[]> {
  return ctx.db
    .selectFrom("comment_versions")
    .select(["text", "until"])
    .where("comment_id", "=", id)
    .orderBy("number")
    .execute();
}

export async function updateComment(
  ctx: Ctx,
  id: string,
  change: { readonly text: string; readonly mentioned: readonly string[] } | "deleted" | { readonly resolved: boolean },
): Promise<void> {
  const now = ctx.clock.now();
  const values =
    change === "deleted"
      ? { text: "", deleted_at: now }
      : "text" in change
        ? { text: change.text, mentioned: json(change.mentioned), edited_at: now }
        : change.resolved
          ? { resolved_at: now, resolved_by: ctx.actor.principalId }
          : { resolved_at: null, resolved_by: null };
  await ctx.db.updateTable("comments").set(values).where("id", "=", id).execute();
}

/** Comments on a thing that has another name now go with it; both begin what is commented on, as in `model/flights/`. */
export async function renameSubjects(
  ctx: Ctx,
  projectId: string,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  await sql`
    update comments set subject = ${to} || substr(subject, ${from.length + 1})
    where project_id = ${projectId} and starts_with(subject, ${from})`.execute(ctx.db);
}
