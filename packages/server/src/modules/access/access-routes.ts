import {
  machineRoles,
  type PrincipalRef,
  platformPermissions,
  type Role,
  rolePermissions,
  type Session,
} from "@pave/contract";
import { asActor, type Ctx, inTransaction } from "../../db/context.ts";
import type { Handlers, RequestIo } from "../../http/handlers.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { recordEvent } from "../ledger/index.ts";
import { tokenMaker } from "./answerable.ts";
import { giveAccount } from "./give-account.ts";
import { everybodys, resolveProject } from "./permissions.ts";
import { listPrincipals } from "./principal-store.ts";
import { createPrincipal, disablePrincipal, getPrincipal, type Principal, setProjectRole } from "./principals.ts";
import { hasRoleByGroup, listMembers, removeMember, rolesOf } from "./role-store.ts";
import { findSession } from "./session-store.ts";
import { endSessions, sessionMs } from "./sessions.ts";
import { createSignInLink, signIn } from "./sign-in.ts";
import { teamsOf } from "./team-store.ts";
import { addTeamMember, listTeams, ownerAmong, removeTeamMember } from "./teams.ts";
import { tokenRoutes } from "./token-routes.ts";
import { revokeTokens } from "./token-store.ts";
import { assertAdmin, assertWhole, isAdmin } from "./whole-token.ts";

export const sessionCookie = "pave_session";

export interface AccessRoutesDeps {
  /** Origin of the portal, for links. */
  portalUrl(): string;
  /** Called when tokens or roles changed, so that gateways hear of it at once. */
  keysChanged(ctx: Ctx): Promise<void>;
  /** Hands what the principal alone holds to its successor; throws where it holds something and none is named. */
  beforeDisable(ctx: Ctx, principal: Principal, successor: string | undefined): Promise<void>;
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
    else if (io.tokenId) await endToken(ctx, io.tokenId);
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
    if ((await tokenMaker(ctx)) !== undefined)
      throw new PaveError("access.denied", `Somebody else made this token of ${ctx.actor.name}: it opens no session`, {
        fix: "Sign in yourself, or ask a platform admin for a link.",
      });
    if (principal.kind !== "user")
      throw new PaveError("request.invalid", `${principal.name} is a ${principal.kind}: only users sign in`, {
        fix: "Use a token: `pave tokens create`.",
      });
    const { link, expiresAt } = await createSignInLink(ctx, principal.id);
    return { url: `${deps.portalUrl()}/sign-in#${link}`, expiresAt: expiresAt.toISOString() };
  },
  async listPrincipals(ctx) {
    return { items: (await listPrincipals(ctx)).map(toPrincipal) };
  },
  async createPrincipal(ctx, { body }) {
    return toPrincipal(await createPrincipal(ctx, { ...body, email: body.email ?? null }));
  },
  async disablePrincipal(ctx, { params, body }) {
    const principal = await disablePrincipal(ctx, params.principal, (ctx, principal) =>
      deps.beforeDisable(ctx, principal, body.to),
    );
    await deps.keysChanged(ctx);
    return toPrincipal(principal);
  },
  async setPrincipalOwner(ctx, { params, body }) {
    return toPrincipal(await giveAccount(ctx, { account: params.principal, to: body.owner }));
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
    const rows = await listMembers(ctx, project.id);
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
    if (principal.kind === "service-account" && !isAdmin(ctx)) assertMachineRole(principal.name, body.role);
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
      await removeMember(ctx, project.id, principal.id);
      if (await hasRoleByGroup(ctx, project.id, principal.id))
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

/** A browser's session or a terminal's token, which ends with it. */
async function endToken(ctx: Ctx, tokenId: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    await revokeTokens(ctx, { tokenId });
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

/** Who an actor is and what it may do, as the portal asks for it. */
export async function sessionOf(ctx: Ctx): Promise<Session> {
  const { actor } = ctx;
  const [roles, teams] = [await rolesOf(ctx, actor.principalId), await teamsOf(ctx, actor.principalId)];
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
  owner: row.owner,
  createdAt: row.createdAt.toISOString(),
  disabledAt: row.disabledAt?.toISOString() ?? null,
});
