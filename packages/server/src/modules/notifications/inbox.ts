import { type InboxItem, type NotificationKind, topics } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { readableProjects } from "../access/index.ts";
import { countUnread, listItems, setRead } from "./inbox-store.ts";

const mostCounted = 100;

export interface ListInbox {
  readonly show: "all" | "unread";
  readonly kind?: NotificationKind | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
}

/** One's own, the newest first. */
export async function listInbox(ctx: Ctx, query: ListInbox): Promise<{ items: InboxItem[]; next: string | null }> {
  const { limit } = query;
  const before = query.before === undefined ? undefined : parsePlace(query.before);
  const items = await listItems(ctx, { ...(await reader(ctx)), ...query, before, limit: limit + 1 });
  const page = items.slice(0, limit);
  const last = page.at(-1);
  return { items: page, next: items.length > limit && last ? `${last.at}_${last.id}` : null };
}

export async function countInbox(ctx: Ctx): Promise<number> {
  return countUnread(ctx, await reader(ctx), mostCounted);
}

export async function markInbox(
  ctx: Ctx,
  input: { readonly ids?: readonly string[] | undefined; readonly read: boolean },
): Promise<number> {
  const { principalId } = ctx.actor;
  const marked = await setRead(ctx, principalId, input);
  if (marked > 0) ctx.hint(topics.inbox(principalId));
  return marked;
}

/** A token of one project reads what is of that project. */
async function reader(ctx: Ctx) {
  const { grant, principalId } = ctx.actor;
  const platform = grant === "unlimited" || grant.projectId === null;
  return { principalId, projectIds: await readableProjects(ctx), platform };
}

function parsePlace(text: string): { at: Date; id: string } {
  const [at = "", id] = text.split("_");
  const time = new Date(at);
  if (id !== undefined && !Number.isNaN(time.getTime())) return { at: time, id };
  throw new PaveError("request.invalid", "query.before: expected the `next` of the page before, found something else", {
    fix: "Ask for the first page without it.",
  });
}
