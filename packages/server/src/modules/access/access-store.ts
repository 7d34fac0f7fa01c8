import type { PrincipalRef, Role } from "@pave/contract";
import { sql } from "kysely";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";
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

export async function findToken(ctx: Ctx, sha256: string): Promise<TokenRow | undefined> {
  const row = await ctx.db
    .selectFrom("tokens as t")
    .innerJoin("principals as p", "p.id", "t.principal_id")
    .select([
      "t.id as tokenId",
      "t.kind as kind",
      "t.principal_id as principalId",
      "p.kind as principalKind",
      "p.name as principalName",
      "p.platform_admin as platformAdmin",
      "p.disabled_at as disabledAt",
      "t.project_id as projectId",
      "t.scopes as scopes",
      "t.expires_at as expiresAt",
      "t.revoked_at as revokedAt",
      "t.used_at as usedAt",
      "t.last_used_at as lastUsedAt",
      "t.origin as origin",
      "t.cause_id as causeId",
    ])
    .where("t.sha256", "=", sha256)
    .executeTakeFirst();
  return row as TokenRow | undefined;
}

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

const principalColumns = [
  "id",
  "kind",
  "name",
  "email",
  "platform_admin as platformAdmin",
  "created_at as createdAt",
  "disabled_at as disabledAt",
  "project_id as projectId",
] as const;

const selectPrincipals = (ctx: Ctx) =>
  ctx.db
    .selectFrom("principals")
    .select(principalColumns)
    .select((eb) =>
      eb.selectFrom("principals as o").select("o.name").whereRef("o.id", "=", "principals.owner_id").as("owner"),
    );

export async function setOwner(ctx: Ctx, principalId: string, ownerId: string): Promise<void> {
  await ctx.db.updateTable("principals").set({ owner_id: ownerId }).where("id", "=", principalId).execute();
}

export async function findPrincipal(ctx: Ctx, idOrName: string) {
  return selectPrincipals(ctx)
    .where((eb) => eb.or([eb("id", "=", idOrName), eb.and([eb("name", "=", idOrName), eb("kind", "<>", "run")])]))
    .executeTakeFirst();
}

export async function listPrincipals(ctx: Ctx) {
  return selectPrincipals(ctx).where("kind", "<>", "run").orderBy("name").limit(1000).execute();
}

export async function insertPrincipal(
  ctx: Ctx,
  row: {
    id: string;
    kind: PrincipalRef["kind"];
    name: string;
    email: string | null;
    platformAdmin: boolean;
    ownerId: string | null;
    projectId: string | null;
  },
): Promise<boolean> {
  const inserted = await ctx.db
    .insertInto("principals")
    .values({
      id: row.id,
      kind: row.kind,
      name: row.name,
      email: row.email,
      platform_admin: row.platformAdmin,
      owner_id: row.ownerId,
      project_id: row.projectId,
      created_at: ctx.clock.now(),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning("id")
    .executeTakeFirst();
  return inserted !== undefined;
}

export async function disablePrincipal(ctx: Ctx, id: string): Promise<void> {
  await ctx.db
    .updateTable("principals")
    .set({ disabled_at: ctx.clock.now() })
    .where("id", "=", id)
    .where("disabled_at", "is", null)
    .execute();
}

/** Ids of the platform admins who can sign in; nobody else counts or disables them until the transaction ends. */
export async function lockActiveAdmins(ctx: Ctx): Promise<string[]> {
  const rows = await ctx.db
    .selectFrom("principals")
    .select("id")
    .where("kind", "=", "user")
    .where("platform_admin", "=", true)
    .where("disabled_at", "is", null)
    .orderBy("id")
    .forUpdate()
    .execute();
  return rows.map(({ id }) => id);
}

export async function countActiveUsers(ctx: Ctx): Promise<number> {
  const row = await ctx.db
    .selectFrom("principals")
    .select((eb) => eb.fn.countAll<number>().as("users"))
    .where("kind", "=", "user")
    .where("disabled_at", "is", null)
    .executeTakeFirstOrThrow();
  return Number(row.users);
}

/** A principal's roles, its own and its teams', by project. A disabled team gives none. */
export async function rolesOf(
  ctx: Ctx,
  principalId: string,
  projectId?: string,
): Promise<{ projectId: string; project: string; role: Role }[]> {
  let query = ctx.db
    .selectFrom(memberships(ctx).as("m"))
    .innerJoin("projects as j", "j.id", "m.project_id")
    .select(["m.project_id as projectId", "j.name as project", "m.role as role"])
    .where((eb) =>
      eb.or([
        eb("m.principal_id", "=", principalId),
        eb(
          "m.principal_id",
          "in",
          eb
            .selectFrom("team_members as t")
            .innerJoin("principals as p", "p.id", "t.team_id")
            .select("t.team_id")
            .where("t.principal_id", "=", principalId)
            .where("p.disabled_at", "is", null),
        ),
      ]),
    );
  if (projectId) query = query.where("m.project_id", "=", projectId);
  return (await query.execute()) as { projectId: string; project: string; role: Role }[];
}

/** A principal's roles on a project with the team that each is of; null where it is its own. A disabled team gives none. */
export async function heldRoles(
  ctx: Ctx,
  { principalId, projectId }: { readonly principalId: string; readonly projectId: string },
): Promise<{ role: Role; team: string | null }[]> {
  const rows = await ctx.db
    .selectFrom(memberships(ctx).as("m"))
    .leftJoin("team_members as t", (join) =>
      join.onRef("t.team_id", "=", "m.principal_id").on("t.principal_id", "=", principalId),
    )
    .innerJoin("principals as p", "p.id", "m.principal_id")
    .select(["m.role as role", "p.name as holder", "t.team_id as teamId"])
    .where("m.project_id", "=", projectId)
    .where((eb) =>
      eb.or([
        eb("m.principal_id", "=", principalId),
        eb.and([eb("t.team_id", "is not", null), eb("p.disabled_at", "is", null)]),
      ]),
    )
    .orderBy("p.name")
    .execute();
  return rows.map(({ role, holder, teamId }) => ({ role: role as Role, team: teamId === null ? null : holder }));
}

/** Everybody a role on the project reaches: its members, those of teams one by one. Disabled ones are left out. */
export async function everybodyOn(ctx: Ctx, projectId: string) {
  const members = ctx.db
    .selectFrom(memberships(ctx).as("m"))
    .innerJoin("principals as p", "p.id", "m.principal_id")
    .where("m.project_id", "=", projectId)
    .where("p.disabled_at", "is", null);
  const own = await members
    .select(["p.id as id", "p.kind as kind", "p.name as name", "m.role as role"])
    .where("p.kind", "<>", "team")
    .execute();
  const byTeam = await members
    .innerJoin("team_members as t", "t.team_id", "p.id")
    .innerJoin("principals as q", "q.id", "t.principal_id")
    .select(["q.id as id", "q.kind as kind", "q.name as name", "m.role as role", "p.name as team"])
    .where("q.disabled_at", "is", null)
    .execute();
  return [...own.map((row) => ({ ...row, team: null })), ...byTeam];
}

/** Platform admins who can sign in. */
export async function listAdmins(ctx: Ctx) {
  return ctx.db
    .selectFrom("principals")
    .select(["id", "kind", "name"])
    .where("platform_admin", "=", true)
    .where("disabled_at", "is", null)
    .orderBy("name")
    .execute();
}

/** Roles that were given by hand, and those that groups of an OpenID provider give. */
const memberships = (ctx: Ctx) =>
  ctx.db
    .selectFrom("project_members")
    .select(["project_id", "principal_id", "role", sql<boolean>`false`.as("by_group")])
    .unionAll(
      ctx.db
        .selectFrom("project_members_by_group")
        .select(["project_id", "principal_id", "role", sql<boolean>`true`.as("by_group")]),
    );

export async function setMember(ctx: Ctx, projectId: string, principalId: string, role: Role): Promise<void> {
  await ctx.db
    .insertInto("project_members")
    .values({ project_id: projectId, principal_id: principalId, role })
    .onConflict((c) => c.columns(["project_id", "principal_id"]).doUpdateSet({ role }))
    .execute();
}

export async function removeMember(ctx: Ctx, projectId: string, principalId: string): Promise<void> {
  await ctx.db
    .deleteFrom("project_members")
    .where("project_id", "=", projectId)
    .where("principal_id", "=", principalId)
    .execute();
}

export async function hasRoleByGroup(ctx: Ctx, projectId: string, principalId: string): Promise<boolean> {
  const row = await ctx.db
    .selectFrom("project_members_by_group")
    .select("role")
    .where("project_id", "=", projectId)
    .where("principal_id", "=", principalId)
    .executeTakeFirst();
  return row !== undefined;
}

export async function listMembers(ctx: Ctx, projectId: string) {
  return ctx.db
    .selectFrom(memberships(ctx).as("m"))
    .innerJoin("principals as p", "p.id", "m.principal_id")
    .select(["p.id as id", "p.kind as kind", "p.name as name", "m.role as role", "m.by_group as byGroup"])
    .where("m.project_id", "=", projectId)
    .orderBy("p.name")
    .execute();
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

/** Who has which role where, teams resolved to their members; for gateways. */
export async function allRoles(ctx: Ctx) {
  return ctx.db
    .selectFrom(memberships(ctx).as("m"))
    .innerJoin("principals as p", "p.id", "m.principal_id")
    .leftJoin("team_members as t", "t.team_id", "m.principal_id")
    .select(["m.project_id as projectId", "m.role as role", "m.principal_id as holderId", "t.principal_id as memberId"])
    .where("p.disabled_at", "is", null)
    .execute();
}

export async function findProject(ctx: Ctx, name: string): Promise<{ id: string; name: string } | undefined> {
  return ctx.db.selectFrom("projects").select(["id", "name"]).where("name", "=", name).executeTakeFirst();
}

/** Projects by id, or with "all" as many of the platform's as are asked for. */
export async function findProjects(
  ctx: Ctx,
  ids: readonly string[] | "all",
  limit: number,
): Promise<{ id: string; name: string }[]> {
  const query = ctx.db.selectFrom("projects").select(["id", "name"]).orderBy("name").limit(limit);
  return (ids === "all" ? query : query.where("id", "in", [...ids, ""])).execute();
}

export async function findPrincipalRefs(ctx: Ctx, ids: readonly string[]) {
  if (ids.length === 0) return [];
  return ctx.db
    .selectFrom("principals")
    .select(["id", "kind", "name"])
    .where("id", "in", [...ids])
    .execute();
}

/** Of "all" the first thousand. */
export async function findProjectNames(ctx: Ctx, ids: readonly string[] | "all"): Promise<string[]> {
  if (ids.length === 0) return [];
  const query = ctx.db.selectFrom("projects").select("name");
  const found = ids === "all" ? query.orderBy("name").limit(1000) : query.where("id", "in", [...ids]);
  return (await found.execute()).map((row) => row.name);
}
