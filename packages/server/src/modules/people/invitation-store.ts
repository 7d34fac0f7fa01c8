import type { Role } from "@pave/contract";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";

export interface Invitation {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly teams: readonly string[];
  readonly roles: Readonly<Record<string, Role>>;
  readonly platformAdmin: boolean;
  readonly invitedBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

const columns = [
  "id",
  "email",
  "name",
  "teams",
  "roles",
  "platform_admin as platformAdmin",
  "invited_by as invitedBy",
  "created_at as createdAt",
  "expires_at as expiresAt",
] as const;

/** Neither accepted nor cancelled; it may have expired. */
const open = (ctx: Ctx) =>
  ctx.db.selectFrom("invitations").select(columns).where("accepted_at", "is", null).where("cancelled_at", "is", null);

export const listInvitations = async (ctx: Ctx): Promise<Invitation[]> =>
  (await open(ctx).orderBy("created_at", "desc").limit(500).execute()) as unknown as Invitation[];

export const findInvitation = async (ctx: Ctx, id: string): Promise<Invitation | undefined> =>
  (await open(ctx).where("id", "=", id).executeTakeFirst()) as unknown as Invitation | undefined;

export const findInvitationBySecret = async (ctx: Ctx, sha256: string): Promise<Invitation | undefined> =>
  (await open(ctx).where("sha256", "=", sha256).executeTakeFirst()) as unknown as Invitation | undefined;

export const findInvitationByEmail = async (ctx: Ctx, email: string): Promise<Invitation | undefined> =>
  (await open(ctx).where("email", "=", email.toLowerCase()).executeTakeFirst()) as unknown as Invitation | undefined;

/** False when somebody with this address is invited already. */
export async function insertInvitation(ctx: Ctx, invitation: Invitation, sha256: string): Promise<boolean> {
  const row = await ctx.db
    .insertInto("invitations")
    .values({
      id: invitation.id,
      email: invitation.email,
      name: invitation.name,
      teams: json(invitation.teams),
      roles: json(invitation.roles),
      platform_admin: invitation.platformAdmin,
      sha256,
      invited_by: invitation.invitedBy,
      created_at: invitation.createdAt,
      expires_at: invitation.expiresAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

export async function renewInvitation(ctx: Ctx, id: string, sha256: string, expiresAt: Date): Promise<void> {
  await ctx.db.updateTable("invitations").set({ sha256, expires_at: expiresAt }).where("id", "=", id).execute();
}

/** False when it was over already: of two who accept at once, one does. */
export async function closeInvitation(ctx: Ctx, id: string, acceptedBy: string | null): Promise<boolean> {
  const now = ctx.clock.now();
  const row = await ctx.db
    .updateTable("invitations")
    .set(acceptedBy === null ? { cancelled_at: now } : { accepted_at: now, accepted_by: acceptedBy })
    .where("id", "=", id)
    .where("accepted_at", "is", null)
    .where("cancelled_at", "is", null)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}
