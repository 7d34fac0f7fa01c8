import { type PrincipalRef, platformPermissions, type Role, rolePermissions, type Session } from "@pave/contract";
import { asActor, type Ctx, inTransaction } from "../../db/context.ts";
import type { Handlers, RequestIo } from "../../http/handlers.ts";
import { must, PaveError } from "../../kernel/pave-error.ts";
import { suggestion } from "../../kernel/spec/index.ts";
import { recordEvent } from "../ledger/index.ts";
import * as store from "./access-store.ts";
import { mintToken } from "./mint-token.ts";
import { everybodys, resolveProject } from "./permissions.ts";
import {
  createPrincipal,
  disablePrincipal,
  ensurePrincipal,
  getPrincipal,
  type Principal,
  setProjectRole,
} from "./principals.ts";
import { findSession } from "./session-store.ts";
import { endSessions, sessionMs } from "./sessions.ts";
import { createSignInLink, signIn } from "./sign-in.ts";
import { teamsOf } from "./team-store.ts";
import { addTeamMember, listTeams, ownerAmong, removeTeamMember } from "./teams.ts";

export const sessionCookie = "pave_session";
const dayMs = 86_400_000;

export interface AccessRoutesDeps {
  /** Origin of the portal, for links. */
  portalUrl(): string;
  /** Called when tokens or roles changed, so that gateways hear of it at once. */
  keysChanged(ctx: Ctx): Promise<void>;
  /** Where an OpenID provider ends its own session of somebody who signs out here, if it can. */
  providerSignOut(ctx: Ctx, issuer: string): Promise<string | null>;
}

export const accessRoutes = (deps: AccessRoutesDeps): Handlers => ({
  async signIn(ctx, { body }, io) {
    const { session, actor } = await signIn(ctx, body.link, callerOf(io));
    io.setCookie(sessionCookie, session, { maxAgeSeconds: sessionMs / 1000 });
    return sessionOf(asActor(ctx, actor));
  },
  async signOut(ctx, _input, io) {
    const session = io.tokenId ? await findSession(ctx, io.tokenId) : undefined;
    if (session) await endSessions(ctx, { tokenId: session.id }, "signed out");
    else if (io.tokenId) await store.revokeTokens(ctx, { tokenId: io.tokenId });
    await deps.keysChanged(ctx);
    io.clearCookie(sessionCookie);
    return { ok: true, continueAt: session?.issuer ? await deps.providerSignOut(ctx, session.issuer) : null };
  },
  session: (ctx) => sessionOf(ctx),
  async createSignInLink(ctx, { body }) {
    const principal = body.principal
      ? await getPrincipal(ctx, body.principal)
      : await getPrincipal(ctx, ctx.actor.principalId);
    if (principal.id !== ctx.actor.principalId) assertAdmin(ctx, "make a sign-in link for somebody else");
    assertWhole(ctx, "make a sign-in link");
    if (principal.kind !== "user")
      throw new PaveError("request.invalid", `${principal.name} is a ${principal.kind}: only users sign in`, {
        fix: "Use a token: `pave tokens create`.",
      });
    const { link, expiresAt } = await createSignInLink(ctx, principal.id);
    return { url: `${deps.portalUrl()}/sign-in#${link}`, expiresAt: expiresAt.toISOString() };
  },
  async listPrincipals(ctx) {
    return { items: (await store.listPrincipals(ctx)).map(toPrincipal) };
  },
  async createPrincipal(ctx, { body }) {
    return toPrincipal(await createPrincipal(ctx, { ...body, email: body.email ?? null }));
  },
  async disablePrincipal(ctx, { params }) {
    const principal = await disablePrincipal(ctx, params.principal);
    await deps.keysChanged(ctx);
    return toPrincipal(principal);
  },
  async listTeams(ctx) {
    return { items: await listTeams(ctx) };
  },
  async addTeamMember(ctx, { params }) {
    await addTeamMember(ctx, { team: params.team, member: params.principal });
    await deps.keysChanged(ctx);
    return { ok: true };
  },
  async removeTeamMember(ctx, { params }) {
    await removeTeamMember(ctx, { team: params.team, member: params.principal });
    await deps.keysChanged(ctx);
    return { ok: true };
  },

  async listTokens(ctx) {
    const rows = await store.listTokens(ctx, isAdmin(ctx) ? "all" : ctx.actor.principalId);
    return { items: rows.map(toToken) };
  },
  async createToken(ctx, { body }) {
    assertWhole(ctx, "make others");
    const principal = body.role
      ? await rolePrincipal(ctx, body.role)
      : await getPrincipal(ctx, body.principal ?? ctx.actor.principalId);
    if (principal.id !== ctx.actor.principalId) assertAdmin(ctx, "make a token for another principal");
    for (const scope of body.scopes ?? []) assertScope(scope);
    const project = body.project ? await resolveProject(ctx, body.project) : null;
    const minted = await inTransaction(ctx, async (ctx) => {
      const minted = await mintToken(ctx, {
        kind: body.role ?? "api",
        principalId: principal.id,
        name: body.name,
        projectId: body.role ? null : (project?.id ?? null),
        scopes: body.role ? [roleScopes[body.role]] : (body.scopes ?? null),
        expiresInMs: body.expiresInDays * dayMs,
      });
      await recordEvent(ctx, {
        type: "token.created",
        subjectType: "token",
        subjectId: minted.id,
        projectId: project?.id ?? null,
        data: { name: body.name, principal: principal.name },
      });
      return minted;
    });
    await deps.keysChanged(ctx);
    const record = must(await store.findTokenRecord(ctx, minted.id), "the token just made");
    return { token: minted.token, record: toToken(record) };
  },
  async revokeToken(ctx, { params }) {
    const token = await store.findTokenRecord(ctx, params.token);
    if (!token || (token.principalId !== ctx.actor.principalId && !isAdmin(ctx)))
      throw new PaveError("access.not_found", `There is no token ${params.token} of yours`, {
        fix: "List them with `pave tokens list`.",
      });
    if (ctx.actor.grant === "unlimited" || ctx.actor.grant.tokenId !== token.id) assertWhole(ctx, "revoke others");
    await inTransaction(ctx, async (ctx) => {
      await store.revokeTokens(ctx, { tokenId: token.id });
      await recordEvent(ctx, {
        type: "token.revoked",
        subjectType: "token",
        subjectId: token.id,
        data: { name: token.name },
      });
    });
    await deps.keysChanged(ctx);
    return { ok: true };
  },

  async listMembers(ctx, { params }) {
    const project = await resolveProject(ctx, params.project);
    const rows = await store.listMembers(ctx, project.id);
    const members = new Map<string, MemberOutput>();
    for (const { id, name, byGroup, ...row } of rows) {
      const role = row.role as Role;
      const known = members.get(id);
      if (known && rolePermissions[known.role].length >= rolePermissions[role].length) continue;
      members.set(id, { principal: { id, kind: row.kind as PrincipalRef["kind"], name }, role, byGroup });
    }
    return { items: [...members.values()] };
  },
  async setMember(ctx, { params, body }) {
    const project = await resolveProject(ctx, params.project);
    const principal = await getPrincipal(ctx, params.principal);
    await setProjectRole(ctx, { projectId: project.id, principalId: principal.id, role: body.role });
    await deps.keysChanged(ctx);
    return {
      principal: { id: principal.id, kind: principal.kind as PrincipalRef["kind"], name: principal.name },
      role: body.role,
      byGroup: false,
    };
  },
  async removeMember(ctx, { params }) {
    const project = await resolveProject(ctx, params.project);
    const principal = await getPrincipal(ctx, params.principal);
    await inTransaction(ctx, async (ctx) => {
      await store.removeMember(ctx, project.id, principal.id);
      if (await store.hasRoleByGroup(ctx, project.id, principal.id))
        throw new PaveError(
          "access.conflict",
          `${principal.name} has a role on ${project.name} by a group of the sign-in provider`,
          {
            fix: "Take them out of the group there, or the project out of the group in PAVE_OIDC_GROUPS_FILE; it is read at their next sign-in.",
          },
        );
      await recordEvent(ctx, {
        type: "member.removed",
        subjectType: "principal",
        subjectId: principal.id,
        projectId: project.id,
      });
    });
    await deps.keysChanged(ctx);
    return { ok: true };
  },
});

/** From where a request came, as sessions show it to their person. */
export const callerOf = ({ remoteAddress, headers }: RequestIo) => ({
  address: remoteAddress,
  userAgent: headers["user-agent"] ?? "",
});

type MemberOutput = { principal: PrincipalRef; role: Role; byGroup: boolean };

/** All that its principal may, in every project. */
const isWhole = ({ actor: { grant } }: Ctx): boolean =>
  grant === "unlimited" || (grant.scopes === null && grant.projectId === null);

/** All that a runner or a gateway may do. */
const roleScopes = { runner: "work.lease", gateway: "gateway.sync" } as const;

/** What a person's token can be limited to; a name that is none would make a token that is good for nothing. */
const scopes: readonly string[] = [...rolePermissions.admin, ...platformPermissions];

function assertScope(scope: string): void {
  if (scopes.includes(scope)) return;
  throw new PaveError("request.invalid", `scopes: there is no permission ${scope}${suggestion(scope, scopes)}`, {
    fix: `Use those of /docs/access: ${scopes.join(", ")}.`,
  });
}

/** The service account of runners or gateways on other machines. */
async function rolePrincipal(ctx: Ctx, role: keyof typeof roleScopes): Promise<Principal> {
  assertAdmin(ctx, `make a token for a ${role}`);
  return ensurePrincipal(ctx, { kind: "service-account", name: `remote-${role}` });
}

const isAdmin = (ctx: Ctx): boolean =>
  isWhole(ctx) && (ctx.actor.grant === "unlimited" || ctx.actor.grant.platformAdmin);

/** A token never makes something stronger than itself: what a session or another token may is not bounded by it. */
function assertWhole(ctx: Ctx, what: string): void {
  if (!isWhole(ctx))
    throw new PaveError("access.denied", `This token is limited to scopes or a project and cannot ${what}`, {
      fix: "Sign in with `pave open` and do it there.",
    });
}

function assertAdmin(ctx: Ctx, what: string): void {
  if (!isAdmin(ctx))
    throw new PaveError("access.denied", `Only a platform admin may ${what}`, { fix: "Ask a platform admin." });
}

/** Who an actor is and what it may do, as the portal asks for it. */
export async function sessionOf(ctx: Ctx): Promise<Session> {
  const { actor } = ctx;
  const [roles, teams] = [await store.rolesOf(ctx, actor.principalId), await teamsOf(ctx, actor.principalId)];
  const strongest: Record<string, Role> = {};
  for (const { project, role } of roles) {
    const known = strongest[project];
    if (!known || rolePermissions[role].length > rolePermissions[known].length) strongest[project] = role;
  }
  const platformAdmin = actor.grant !== "unlimited" && actor.grant.platformAdmin;
  const permissions = platformAdmin ? [...platformPermissions] : [...everybodys];
  return {
    principal: { id: actor.principalId, kind: actor.kind, name: actor.name },
    platformAdmin,
    teams,
    owner: ownerAmong(teams),
    roles: strongest,
    permissions,
  };
}

const toPrincipal = (row: Principal) => ({
  id: row.id,
  kind: row.kind as PrincipalRef["kind"],
  name: row.name,
  email: row.email,
  platformAdmin: row.platformAdmin,
  createdAt: row.createdAt.toISOString(),
  disabledAt: row.disabledAt?.toISOString() ?? null,
});

const toToken = (row: Awaited<ReturnType<typeof store.listTokens>>[number]) => ({
  id: row.id,
  name: row.name,
  hint: row.hint,
  principal: { id: row.principalId, kind: row.principalKind as PrincipalRef["kind"], name: row.principalName },
  project: row.project,
  scopes: row.scopes as string[] | null,
  createdAt: row.createdAt.toISOString(),
  expiresAt: row.expiresAt.toISOString(),
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  revokedAt: row.revokedAt?.toISOString() ?? null,
});
