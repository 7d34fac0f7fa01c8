import { asActor, type Ctx, inTransaction } from "../../db/context.ts";
import { type Actor, systemActor } from "../../kernel/actor.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import {
  addressLimit,
  addTeamMember,
  countAttempt,
  createPrincipal,
  findProject,
  isTokenText,
  listTeams,
  setProjectRole,
  startSession,
  tokenHash,
} from "../access/index.ts";
import { recordEvent } from "../ledger/index.ts";
import * as store from "./invitation-store.ts";
import { hashPassword } from "./password-hash.ts";
import { assertGoodPassword } from "./password-rules.ts";
import { setPassword } from "./password-store.ts";
import { freeName } from "./person-name.ts";

export interface From {
  readonly address: string;
  readonly userAgent: string;
}

/** The invitation that a link's secret opens. One that never was, is used, cancelled or expired tells no more than that. */
export async function openInvitation(anonymous: Ctx, secret: string, from: From): Promise<store.Invitation> {
  const attempt = await countAttempt(anonymous, [addressLimit("invitation", from.address)]);
  const found = isTokenText(secret) ? await store.findInvitationBySecret(anonymous, tokenHash(secret)) : undefined;
  if (!found) throw invalid("The invitation is not valid: it was used, taken back, or its link is not whole");
  if (isExpired(anonymous, found))
    throw invalid(`The invitation expired on ${found.expiresAt.toISOString().slice(0, 10)}`);
  await attempt.forgive();
  return found;
}

/** The invited person, made with a password of their own, and their first session. */
export async function acceptInvitation(
  anonymous: Ctx,
  input: { readonly secret: string; readonly password: string },
  from: From,
): Promise<{ session: string; actor: Actor }> {
  const invitation = await openInvitation(anonymous, input.secret, from);
  assertGoodPassword(input.password, invitation);
  const hash = await hashPassword(input.password);
  return inTransaction(asActor(anonymous, systemActor), async (ctx) => {
    const principalId = await joinByInvitation(ctx, invitation);
    await setPassword(ctx, principalId, hash);
    return startSession(ctx, principalId, { method: "invitation", ...from });
  });
}

/** Makes the principal that an invitation promises, with its teams and roles; those that are gone meanwhile are left out. */
export async function joinByInvitation(ctx: Ctx, invitation: store.Invitation): Promise<string> {
  const { id } = await createPrincipal(ctx, {
    kind: "user",
    name: await freeName(ctx, invitation.name),
    email: invitation.email,
    platformAdmin: invitation.platformAdmin,
  });
  if (!(await store.closeInvitation(ctx, invitation.id, id)))
    throw invalid("The invitation is not valid: it was used or taken back");
  const teams = new Set((await listTeams(ctx)).map(({ name }) => name));
  for (const team of invitation.teams) if (teams.has(team)) await addTeamMember(ctx, { team, member: id });
  for (const [name, role] of Object.entries(invitation.roles)) {
    const project = await findProject(ctx, name);
    if (project) await setProjectRole(ctx, { projectId: project.id, principalId: id, role });
  }
  await recordEvent(ctx, {
    type: "invitation.accepted",
    subjectType: "invitation",
    subjectId: invitation.id,
    data: { principal: id, email: invitation.email, invitedBy: invitation.invitedBy },
  });
  return id;
}

export const isExpired = (ctx: Ctx, { expiresAt }: store.Invitation): boolean =>
  expiresAt.getTime() <= ctx.clock.now().getTime();

const invalid = (message: string) =>
  new PaveError("access.invitation_invalid", message, {
    fix: "Ask who invited you for a new link: `pave users resend EMAIL` makes one.",
  });
