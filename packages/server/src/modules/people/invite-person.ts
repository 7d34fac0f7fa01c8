import type { Role } from "@pave/contract";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { newId } from "../../kernel/ids.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { getTeam, newTokenText, resolveProject, tokenHash } from "../access/index.ts";
import { recordEvent } from "../ledger/index.ts";
import { findPeopleByEmail, takenNames } from "./identity-store.ts";
import * as store from "./invitation-store.ts";
import { freeName } from "./person-name.ts";

export interface NewInvitation {
  readonly email: string;
  readonly name?: string | undefined;
  readonly teams: readonly string[];
  readonly roles: Readonly<Record<string, Role>>;
  readonly platformAdmin: boolean;
}

const dayMs = 86_400_000;
/** Once and for a week: long enough for a holiday's Monday, short enough for a mailbox. */
const goodForMs = 7 * dayMs;

/** Invites a person by e-mail address. Whoever has the secret can accept; it is given here and never again. */
export async function invitePerson(
  ctx: Ctx,
  input: NewInvitation,
): Promise<{ invitation: store.Invitation; secret: string }> {
  return inTransaction(ctx, async (ctx) => {
    const email = input.email.trim().toLowerCase();
    const [there] = await findPeopleByEmail(ctx, email);
    if (there)
      throw new PaveError("access.conflict", `${email} is here already, as ${there.name}`, {
        fix: `Make them a sign-in link with \`pave open --principal ${there.name}\`.`,
      });
    if (input.name && (await takenNames(ctx, [input.name])).has(input.name))
      throw new PaveError("access.conflict", `There is already a principal named ${input.name}`, {
        fix: "Choose another name.",
      });
    for (const team of input.teams) await getTeam(ctx, team);
    for (const project of Object.keys(input.roles)) await resolveProject(ctx, project);
    const now = ctx.clock.now();
    const secret = newTokenText("invite");
    const invitation: store.Invitation = {
      id: newId(),
      email,
      name: input.name ?? (await freeName(ctx, email)),
      teams: [...new Set(input.teams)],
      roles: input.roles,
      platformAdmin: input.platformAdmin,
      invitedBy: ctx.actor.principalId,
      createdAt: now,
      expiresAt: new Date(now.getTime() + goodForMs),
    };
    if (!(await store.insertInvitation(ctx, invitation, tokenHash(secret))))
      throw new PaveError("access.conflict", `${email} is invited already`, {
        fix: `Make a new link with \`pave users resend ${email}\`, or take it back with \`pave users cancel ${email}\`.`,
      });
    await record(ctx, "invitation.created", invitation);
    return { invitation, secret };
  });
}

/** A new link for the same invitation; the old one is worth nothing from now on. */
export async function resendInvitation(
  ctx: Ctx,
  idOrEmail: string,
): Promise<{ invitation: store.Invitation; secret: string }> {
  return inTransaction(ctx, async (ctx) => {
    const invitation = await getInvitation(ctx, idOrEmail);
    const secret = newTokenText("invite");
    const expiresAt = new Date(ctx.clock.now().getTime() + goodForMs);
    await store.renewInvitation(ctx, invitation.id, tokenHash(secret), expiresAt);
    await record(ctx, "invitation.resent", invitation);
    return { invitation: { ...invitation, expiresAt }, secret };
  });
}

export async function cancelInvitation(ctx: Ctx, idOrEmail: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const invitation = await getInvitation(ctx, idOrEmail);
    if (await store.closeInvitation(ctx, invitation.id, null)) await record(ctx, "invitation.cancelled", invitation);
  });
}

async function getInvitation(ctx: Ctx, idOrEmail: string): Promise<store.Invitation> {
  const found = (await store.findInvitation(ctx, idOrEmail)) ?? (await store.findInvitationByEmail(ctx, idOrEmail));
  if (found) return found;
  throw new PaveError("access.not_found", `There is no open invitation ${idOrEmail}`, {
    fix: "See who is invited with `pave users list`; invite with `pave users invite EMAIL`.",
  });
}

const record = (ctx: Ctx, type: string, { id, email, name, teams, roles, platformAdmin }: store.Invitation) =>
  recordEvent(ctx, {
    type,
    subjectType: "invitation",
    subjectId: id,
    data: { email, name, teams, roles, platformAdmin },
  });
