import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";
import { notify } from "./notify.ts";

const dayMs = 86_400_000;

/** When it is told before, and how long a token must have been good for to be told of: one for an hour is nobody's surprise. */
const notices = [
  { name: "day", ms: dayMs, ofAtLeastMs: 2 * dayMs, words: "within a day" },
  { name: "week", ms: 7 * dayMs, ofAtLeastMs: 10 * dayMs, words: "within a week" },
] as const;

const atOnce = 500;

/** Tells of tokens a week and a day before they expire: whose they are, and of a service account who made them. */
export async function tellOfExpiringTokens(ctx: Ctx): Promise<void> {
  for (const notice of notices)
    for (const token of await expiring(ctx, notice))
      await notify(ctx, {
        kind: "token-expiring",
        subject: subjectOf(token.id, notice.name),
        projectId: null,
        urgent: notice.name === "day",
        title: `the token ${token.name}${token.isOwn ? "" : ` of ${token.principal}`} expires ${notice.words}`,
        detail: `on ${token.expiresAt.toISOString().slice(0, 16).replace("T", " ")} UTC; what uses it needs another by then`,
        href: "/settings",
        data: { token: token.id, name: token.name, expiresAt: token.expiresAt.toISOString() },
        to: [token.toId],
        within: "open",
      });
}

const subjectOf = (tokenId: string, notice: string): string => `${tokenId}/${notice}`;

interface Expiring {
  readonly id: string;
  readonly name: string;
  readonly principal: string;
  readonly isOwn: boolean;
  readonly toId: string;
  readonly expiresAt: Date;
}

/** Those that nobody was told of yet. Of one that expires within a day the week is past. */
async function expiring(ctx: Ctx, { name, ms, ofAtLeastMs }: (typeof notices)[number]): Promise<Expiring[]> {
  const now = ctx.clock.now().getTime();
  const from = name === "week" ? now + dayMs : now;
  const { rows } = await sql<Expiring>`
    select t.id, t.name, p.name as principal, p.kind = 'user' as "isOwn",
           case when p.kind = 'user' then p.id else t.created_by end as "toId", t.expires_at as "expiresAt"
    from tokens t join principals p on p.id = t.principal_id
    where t.kind = 'api' and t.revoked_at is null and p.disabled_at is null
      and t.expires_at > ${new Date(from)} and t.expires_at <= ${new Date(now + ms)}
      and t.expires_at - t.created_at >= ${ofAtLeastMs} * interval '1 millisecond'
      and (p.kind = 'user' or t.created_by is not null)
      and not exists (
        select from notifications n where n.kind = 'token-expiring' and n.subject = t.id || ${`/${name}`})
    order by t.expires_at limit ${atOnce}`.execute(ctx.db);
  return rows;
}
