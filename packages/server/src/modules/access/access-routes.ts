import {
  machineRoles,
  type PrincipalRef,
  platformPermissions,
  type Role,
  rolePermissions,
  type Session,
} from "@pave/contract";
import { asActor, type Ctx, inTransaction } from "../../db/context.ts";
import type { Handlers } from "../../http/handlers.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { recordEvent } from "../ledger/index.ts";
import * as store from "./access-store.ts";
import { everybodys, resolveProject } from "./permissions.ts";
import { createPrincipal, disablePrincipal, getPrincipal, type Principal, setProjectRole } from "./principals.ts";
import { createSignInLink, sessionMs, signIn } from "./sign-in.ts";
import { addTeamMember, listTeams, ownerAmong, removeTeamMember } from "./teams.ts";
import { tokenRoutes } from "./token-routes.ts";
import { assertAdmin, assertWhole, isAdmin } from "./whole-token.ts";

export const sessionCookie = "pave_session";

export interface AccessRoutesDeps {
  /** Origin of the portal, for links. */
  portalUrl(): string;
  /** Called when tokens or roles changed, so that gateways hear of it at once. */
  keysChanged(ctx: Ctx): Promise<void>;
}

export const accessRoutes = (deps: AccessRoutesDeps): Handlers => ({
  async signIn(ctx, { body }, io) {
    const { session, actor } = await signIn(ctx, body.link);
    io.setCookie(sessionCookie, session, { maxAgeSeconds: sessionMs / 1000 });
    return sessionOf(asActor(ctx, actor));
  },
  async signOut(ctx, _input, io) {
    if (io.tokenId) await endToken(ctx, io.tokenId);
    await deps.keysChanged(ctx);
    io.clearCookie(sessionCookie);
    return { ok: true };
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

  ...tokenRoutes(deps),

  async listMembers(ctx, { params }) {
    const project = await resolveProject(ctx, params.project);
    const rows = await store.listMembers(ctx, project.id);
    return {
      items: rows.map((row) => ({
        principal: { id: row.id, kind: row.kind as PrincipalRef["kind"], name: row.name },
        role: row.role as Role,
      })),
    };
  },
  async setMember(ctx, { params, body }) {
    const project = await resolveProject(ctx, params.project);
    const principal = await getPrincipal(ctx, params.principal);
    if (principal.kind === "service-account" && !isAdmin(ctx)) assertMachineRole(principal.name, body.role);
    await setProjectRole(ctx, { projectId: project.id, principalId: principal.id, role: body.role });
    await deps.keysChanged(ctx);
    return {
      principal: { id: principal.id, kind: principal.kind as PrincipalRef["kind"], name: principal.name },
      role: body.role,
    };
  },
  async removeMember(ctx, { params }) {
    const project = await resolveProject(ctx, params.project);
    const principal = await getPrincipal(ctx, params.principal);
    await inTransaction(ctx, async (ctx) => {
      await store.removeMember(ctx, project.id, principal.id);
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

/** A browser's session or a terminal's token, which ends with it. */
async function endToken(ctx: Ctx, tokenId: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    await store.revokeTokens(ctx, { tokenId });
    if (ctx.actor.grant !== "unlimited" && ctx.actor.grant.tokenKind === "api")
      await recordEvent(ctx, { type: "token.revoked", subjectType: "token", subjectId: tokenId });
  });
}

/** Who looks after a service account could else be author and approver in one. */
function assertMachineRole(name: string, role: Role): void {
  if ((machineRoles as readonly string[]).includes(role)) return;
  throw new PaveError(
    "access.denied",
    `${name} is a service account, and approvals are people's: it cannot be ${role}`,
    {
      fix: `Give it ${machineRoles.join(" or ")}, or ask a platform admin.`,
    },
  );
}

async function sessionOf(ctx: Ctx): Promise<Session> {
  const { actor } = ctx;
  const [roles, teams] = [await store.rolesOf(ctx, actor.principalId), await store.teamsOf(ctx, actor.principalId)];
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
