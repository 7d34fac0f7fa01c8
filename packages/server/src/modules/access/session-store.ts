import type { Ctx } from "../../db/context.ts";
import { placeOf } from "./rate-limit.ts";
import type { SessionOrigin } from "./sessions.ts";

export async function insertSession(ctx: Ctx, tokenId: string, origin: SessionOrigin): Promise<void> {
  await ctx.db
    .insertInto("sessions")
    .values({
      token_id: tokenId,
      method: origin.method,
      address: origin.address,
      user_agent: origin.userAgent.slice(0, 400),
      issuer: origin.oidc?.issuer ?? null,
      subject: origin.oidc?.subject ?? null,
      sid: origin.oidc?.sid ?? null,
    })
    .execute();
}

/** Those that are neither ended nor expired, newest first. */
export async function listSessions(ctx: Ctx, principalId: string) {
  return openSessions(ctx)
    .select([
      "t.id as id",
      "s.method as method",
      "s.address as address",
      "s.user_agent as userAgent",
      "s.issuer as issuer",
      "t.created_at as startedAt",
      "t.last_used_at as lastUsedAt",
      "t.expires_at as expiresAt",
    ])
    .where("t.principal_id", "=", principalId)
    .orderBy("t.created_at", "desc")
    .orderBy("t.id", "desc")
    .limit(200)
    .execute();
}

export interface SessionsOf {
  readonly principalId?: string;
  readonly tokenId?: string;
  readonly exceptTokenId?: string | null;
  readonly oidc?: { readonly issuer: string; readonly subject?: string | undefined; readonly sid?: string | undefined };
}

/** Ends them, and gives whose they were, once for each session. */
export async function endSessions(ctx: Ctx, of: SessionsOf): Promise<string[]> {
  let query = openSessions(ctx).select("t.id");
  if (of.principalId) query = query.where("t.principal_id", "=", of.principalId);
  if (of.tokenId) query = query.where("t.id", "=", of.tokenId);
  if (of.exceptTokenId) query = query.where("t.id", "<>", of.exceptTokenId);
  if (of.oidc) query = query.where("s.issuer", "=", of.oidc.issuer);
  if (of.oidc?.subject) query = query.where("s.subject", "=", of.oidc.subject);
  if (of.oidc?.sid) query = query.where("s.sid", "=", of.oidc.sid);
  const rows = await ctx.db
    .updateTable("tokens")
    .set({ revoked_at: ctx.clock.now() })
    .where("id", "in", query)
    .returning("principal_id as principalId")
    .execute();
  return rows.map(({ principalId }) => principalId);
}

/** How a session came about; undefined for one that is over. */
export async function findSession(ctx: Ctx, tokenId: string) {
  return openSessions(ctx)
    .select([
      "t.id as id",
      "s.method as method",
      "s.issuer as issuer",
      "s.subject as subject",
      "t.created_at as startedAt",
    ])
    .where("t.id", "=", tokenId)
    .executeTakeFirst();
}

const knownPlaceMs = 30 * 86_400_000;

/** Did this person sign in from there within the last month, by whatever way? */
export async function hasSignedInFrom(ctx: Ctx, principalId: string, address: string): Promise<boolean> {
  const rows = await ctx.db
    .selectFrom("tokens as t")
    .innerJoin("sessions as s", "s.token_id", "t.id")
    .select("s.address")
    .distinct()
    .where("t.kind", "=", "session")
    .where("t.principal_id", "=", principalId)
    .where("t.created_at", ">", new Date(ctx.clock.now().getTime() - knownPlaceMs))
    .limit(500)
    .execute();
  const place = placeOf(address);
  return rows.some((row) => placeOf(row.address) === place);
}

/** When each of them last did something, by session or token. */
export async function lastSeen(ctx: Ctx): Promise<Map<string, Date>> {
  const rows = await ctx.db
    .selectFrom("tokens")
    .select((eb) => ["principal_id as id", eb.fn.max("last_used_at").as("at")])
    .where("kind", "in", ["session", "api"])
    .where("last_used_at", "is not", null)
    .groupBy("principal_id")
    .execute();
  return new Map(rows.flatMap(({ id, at }) => (at ? [[id, at] as const] : [])));
}

const openSessions = (ctx: Ctx) =>
  ctx.db
    .selectFrom("tokens as t")
    .innerJoin("sessions as s", "s.token_id", "t.id")
    .where("t.kind", "=", "session")
    .where("t.revoked_at", "is", null)
    .where("t.expires_at", ">", ctx.clock.now());
