import type { PrincipalRef, RouteOutput, routes } from "@pave/contract";
import { asActor, type Ctx } from "../../db/context.ts";
import type { Handlers, RequestIo } from "../../http/handlers.ts";
import type { Actor } from "../../kernel/actor.ts";
import { must, PaveError } from "../../kernel/pave-error.ts";
import {
  callerOf,
  endSessions,
  getPrincipal,
  listSessions,
  principalRefs,
  sessionCookie,
  sessionMs,
  sessionOf,
} from "../access/index.ts";
import { acceptInvitation, isExpired, openInvitation } from "./accept-invitation.ts";
import { changePassword } from "./change-password.ts";
import type { People } from "./create-people.ts";
import { listIdentities } from "./identity-store.ts";
import { type Invitation, listInvitations } from "./invitation-store.ts";
import { cancelInvitation, invitePerson, resendInvitation } from "./invite-person.ts";
import { findPassword, hasPasswords } from "./password-store.ts";
import { listPeople, removePerson } from "./remove-person.ts";
import { signInByPassword } from "./sign-in-by-password.ts";

export function peopleRoutes(people: People): Handlers {
  const { deps } = people;

  async function enter(ctx: Ctx, { session, actor }: { session: string; actor: Actor }, io: RequestIo) {
    io.setCookie(sessionCookie, session, { maxAgeSeconds: sessionMs / 1000 });
    return sessionOf(asActor(ctx, actor));
  }

  const made = async (ctx: Ctx, { invitation, secret }: { invitation: Invitation; secret: string }) => ({
    invitation: must((await withInviters(ctx, [invitation]))[0], "the invitation just made"),
    url: `${deps.portalUrl()}/invitation#${secret}`,
  });

  return {
    async signInOptions(ctx) {
      const { providerName } = people;
      return {
        provider: providerName ? { name: providerName, startUrl: "/oidc/start" } : null,
        passwords: deps.passwords && (await hasPasswords(ctx)),
        mayHavePassword: deps.passwords,
      };
    },
    async signInByPassword(ctx, { body }, io) {
      assertPasswords(deps.passwords);
      return enter(ctx, await signInByPassword(ctx, body, callerOf(io)), io);
    },
    async openInvitation(ctx, { body }, io) {
      const { email, name, invitedBy, teams, roles, platformAdmin, expiresAt } = await openInvitation(
        ctx,
        body.secret,
        callerOf(io),
      );
      const inviter = (await principalRefs(ctx, [invitedBy])).get(invitedBy)?.name ?? "";
      return {
        email,
        name,
        invitedBy: inviter,
        teams: [...teams],
        roles,
        platformAdmin,
        expiresAt: expiresAt.toISOString(),
      };
    },
    async acceptInvitation(ctx, { body }, io) {
      assertPasswords(deps.passwords);
      return enter(ctx, await acceptInvitation(ctx, body, callerOf(io)), io);
    },
    async listPeople(ctx) {
      return { items: await listPeople(ctx) };
    },
    async removePerson(ctx, { params, body }) {
      const { id, ended } = await removePerson(ctx, params.person, (ctx, person) =>
        deps.beforeDisable(ctx, person, body.to),
      );
      await deps.keysChanged(ctx);
      return { person: must((await listPeople(ctx, id))[0], "the person just removed"), ended };
    },
    async listInvitations(ctx) {
      return { items: await withInviters(ctx, await listInvitations(ctx)) };
    },
    async invitePerson(ctx, { body }) {
      return made(ctx, await invitePerson(ctx, body));
    },
    async resendInvitation(ctx, { params }) {
      return made(ctx, await resendInvitation(ctx, params.invitation));
    },
    async cancelInvitation(ctx, { params }) {
      await cancelInvitation(ctx, params.invitation);
      return { ok: true };
    },
    account: (ctx, _input, io) => accountOf(ctx, people, io.tokenId),
    async changePassword(ctx, { body }) {
      assertPasswords(deps.passwords);
      await changePassword(ctx, body);
      await deps.keysChanged(ctx);
      return { ok: true };
    },
    async endSession(ctx, { params }) {
      const of = { principalId: ctx.actor.principalId, tokenId: params.session };
      if ((await endSessions(ctx, of, "ended by its person")) === 0)
        throw new PaveError("access.not_found", "This session is over already, or not yours", {
          fix: "Look at the list again.",
        });
      await deps.keysChanged(ctx);
      return { ok: true };
    },
    async endSessions(ctx, _input, io) {
      const ended = await endSessions(ctx, { principalId: ctx.actor.principalId }, "signed out everywhere");
      await deps.keysChanged(ctx);
      io.clearCookie(sessionCookie);
      return { ended };
    },
  };
}

async function accountOf(
  ctx: Ctx,
  people: People,
  tokenId: string | null,
): Promise<RouteOutput<(typeof routes)["account"]>> {
  const { id, kind, name, email } = await getPrincipal(ctx, ctx.actor.principalId);
  const identities = await listIdentities(ctx, id);
  const sessions = await listSessions(ctx, id);
  return {
    principal: { id, kind: kind as PrincipalRef["kind"], name },
    email,
    hasPassword: (await findPassword(ctx, id)) !== undefined,
    mayHavePassword: people.deps.passwords && kind === "user" && identities.length === 0,
    provider: identities.some(({ issuer }) => people.isProvider(issuer)) ? people.providerName : null,
    sessions: sessions.map((session) => ({
      id: session.id,
      method: session.method,
      address: session.address,
      userAgent: session.userAgent,
      startedAt: session.startedAt.toISOString(),
      lastUsedAt: session.lastUsedAt?.toISOString() ?? null,
      expiresAt: session.expiresAt.toISOString(),
      isThis: session.id === tokenId,
    })),
  };
}

async function withInviters(ctx: Ctx, invitations: readonly Invitation[]) {
  const refs = await principalRefs(
    ctx,
    invitations.map(({ invitedBy }) => invitedBy),
  );
  return invitations.map((invitation) => ({
    ...invitation,
    teams: [...invitation.teams],
    invitedBy: must(refs.get(invitation.invitedBy), "who invited"),
    createdAt: invitation.createdAt.toISOString(),
    expiresAt: invitation.expiresAt.toISOString(),
    isExpired: isExpired(ctx, invitation),
  }));
}

function assertPasswords(areOn: boolean): void {
  if (!areOn)
    throw new PaveError("access.passwords_off", "Passwords are turned off on this platform", {
      fix: "Sign in at the sign-in provider, or by a link that a platform admin makes.",
    });
}
