import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";
import { gathered } from "../../db/gather.ts";
import { prepared } from "../../db/prepared.ts";
import type { TokenKind } from "./token-text.ts";

export interface TokenRow {
  readonly tokenId: string;
  readonly kind: TokenKind;
  readonly principalId: string;
  readonly principalKind: "user" | "team" | "service-account" | "run" | "agent";
  readonly principalName: string;
  readonly platformAdmin: boolean;
  readonly disabledAt: Date | null;
  readonly projectId: string | null;
  readonly scopes: readonly string[] | null;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
  readonly usedAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly origin: TokenOrigin;
  readonly causeId: string | null;
}

/** By a person for a program, by `pave login`, or exchanged for a token of an outside CI. */
export type TokenOrigin = "made" | "terminal" | "trust";

const tokensBySha256 = prepared<TokenRow & { readonly sha256: string }>(
  "tokens by digest",
  `select t.sha256, t.id as "tokenId", t.kind, t.principal_id as "principalId", p.kind as "principalKind",
     p.name as "principalName", p.platform_admin as "platformAdmin", p.disabled_at as "disabledAt",
     t.project_id as "projectId", t.scopes, t.expires_at as "expiresAt", t.revoked_at as "revokedAt",
     t.used_at as "usedAt", t.last_used_at as "lastUsedAt", t.origin, t.cause_id as "causeId"
   from tokens t join principals p on p.id = t.principal_id where t.sha256 = any($1::text[])`,
);

/** The token as it is now: every request asks, and those of one moment ask together. */
export const findToken = gathered<string, TokenRow | undefined>({
  lanes: 2,
  most: 200,
  async ask(ctx, digests) {
    const rows = await tokensBySha256(ctx, [[...new Set(digests)]]);
    return digests.map((digest) => rows.find(({ sha256 }) => sha256 === digest));
  },
});

/** Neither revoked nor expired, and its principal is not disabled. */
export async function isLiveToken(ctx: Ctx, tokenId: string): Promise<boolean> {
  const row = await ctx.db
    .selectFrom("tokens as t")
    .innerJoin("principals as p", "p.id", "t.principal_id")
    .select("t.id")
    .where("t.id", "=", tokenId)
    .where("t.revoked_at", "is", null)
    .where("t.expires_at", ">", ctx.clock.now())
    .where("p.disabled_at", "is", null)
    .executeTakeFirst();
  return row !== undefined;
}

export interface NewTokenRow {
  readonly id: string;
  readonly kind: TokenKind;
  readonly principalId: string;
  readonly sha256: string;
  readonly hint: string;
  readonly name: string;
  readonly projectId: string | null;
  readonly scopes: readonly string[] | null;
  readonly expiresAt: Date;
  readonly origin: TokenOrigin;
  readonly causeId: string | null;
  /** Who may have kept it. */
  readonly createdBy: string;
}

export async function insertToken(ctx: Ctx, token: NewTokenRow): Promise<void> {
  await ctx.db
    .insertInto("tokens")
    .values({
      id: token.id,
      kind: token.kind,
      principal_id: token.principalId,
      sha256: token.sha256,
      hint: token.hint,
      name: token.name,
      project_id: token.projectId,
      scopes: token.scopes === null ? null : json(token.scopes),
      created_by: token.createdBy,
      created_at: ctx.clock.now(),
      expires_at: token.expiresAt,
      origin: token.origin,
      cause_id: token.causeId,
    })
    .execute();
}

/** Marks a one-time link as used; false when somebody was faster. */
export async function useLink(ctx: Ctx, tokenId: string): Promise<boolean> {
  const row = await ctx.db
    .updateTable("tokens")
    .set({ used_at: ctx.clock.now() })
    .where("id", "=", tokenId)
    .where("used_at", "is", null)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

export async function touchToken(ctx: Ctx, tokenId: string, address: string | undefined): Promise<void> {
  await ctx.db
    .updateTable("tokens")
    .set({ last_used_at: ctx.clock.now(), ...(address === undefined ? {} : { last_used_from: address }) })
    .where("id", "=", tokenId)
    .execute();
}

export async function revokeTokens(ctx: Ctx, by: { tokenId: string } | { principalId: string }): Promise<void> {
  const update = ctx.db.updateTable("tokens").set({ revoked_at: ctx.clock.now() }).where("revoked_at", "is", null);
  await ("tokenId" in by
    ? update.where("id", "=", by.tokenId)
    : update.where("principal_id", "=", by.principalId)
  ).execute();
}

/** Live tokens that may call endpoints, with what bounds them; for gateways. */
export async function liveTokens(ctx: Ctx) {
  return ctx.db
    .selectFrom("tokens as t")
    .innerJoin("principals as p", "p.id", "t.principal_id")
    .select([
      "t.sha256 as sha256",
      "t.principal_id as principalId",
      "t.expires_at as expiresAt",
      "t.project_id as projectId",
      "t.scopes as scopes",
      "p.platform_admin as platformAdmin",
    ])
    .where("t.kind", "in", ["api", "session"])
    .where("t.revoked_at", "is", null)
    .where("t.expires_at", ">", ctx.clock.now())
    .where("p.disabled_at", "is", null)
    .limit(50_000)
    .execute();
}

export interface TokenFilter {
  /** Of these principals' own; "all" is everybody's. */
  readonly principalId: string | "all";
  /** Besides: those of service accounts of these projects. */
  readonly ofAccountsIn?: readonly string[];
  readonly projectId?: string | undefined;
  /** Also those that jobs of CI got for theirs. */
  readonly exchanged: boolean;
}

/** The newest 500 that fit; sessions, links and tokens of runs are no tokens that people see. */
export async function listTokens(ctx: Ctx, { principalId, ofAccountsIn = [], projectId, exchanged }: TokenFilter) {
  let query = tokenRecords(ctx);
  if (principalId !== "all")
    query = query.where((eb) =>
      eb.or([eb("t.principal_id", "=", principalId), eb("p.project_id", "in", [...ofAccountsIn, ""])]),
    );
  if (projectId !== undefined)
    query = query.where((eb) => eb.or([eb("t.project_id", "=", projectId), eb("p.project_id", "=", projectId)]));
  if (!exchanged) query = query.where("t.origin", "<>", "trust");
  return query.orderBy("t.created_at", "desc").limit(500).execute();
}

export type TokenRecord = Awaited<ReturnType<typeof listTokens>>[number];

export const findTokenRecord = (ctx: Ctx, tokenId: string) =>
  tokenRecords(ctx).where("t.id", "=", tokenId).executeTakeFirst();

/** Marks a token as replaced; false when it was replaced or revoked by then. It ends at `endsAt`, or when it would have. */
export async function replaceToken(
  ctx: Ctx,
  input: { readonly tokenId: string; readonly by: string; readonly endsAt: Date },
): Promise<boolean> {
  const row = await ctx.db
    .updateTable("tokens")
    .set((eb) => ({ replaced_by: input.by, expires_at: eb.fn<Date>("least", ["expires_at", eb.val(input.endsAt)]) }))
    .where("id", "=", input.tokenId)
    .where("replaced_by", "is", null)
    .where("revoked_at", "is", null)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

const tokenRecords = (ctx: Ctx) =>
  ctx.db
    .selectFrom("tokens as t")
    .innerJoin("principals as p", "p.id", "t.principal_id")
    .leftJoin("projects as j", "j.id", "t.project_id")
    .select([
      "t.id as id",
      "t.name as name",
      "t.hint as hint",
      "t.principal_id as principalId",
      "p.kind as principalKind",
      "p.name as principalName",
      "p.project_id as principalProjectId",
      "p.disabled_at as disabledAt",
      "t.project_id as projectId",
      "j.name as project",
      "t.scopes as scopes",
      "t.origin as origin",
      "t.created_at as createdAt",
      "t.expires_at as expiresAt",
      "t.last_used_at as lastUsedAt",
      "t.last_used_from as lastUsedFrom",
      "t.revoked_at as revokedAt",
      "t.replaced_by as replacedBy",
      "t.kind as kind",
    ])
    .where("t.kind", "in", ["api", "runner", "gateway"]);
