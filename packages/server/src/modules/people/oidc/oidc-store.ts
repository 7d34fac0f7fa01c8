import type { Ctx } from "../../../db/context.ts";

export interface PendingSignIn {
  /** Digest of the state that the provider hands back. */
  readonly state: string;
  /** Digest of the secret in the browser's cookie. */
  readonly browser: string;
  readonly returnTo: string;
  readonly expiresAt: Date;
}

export async function insertPendingSignIn(ctx: Ctx, pending: PendingSignIn): Promise<void> {
  await ctx.db
    .insertInto("oidc_sign_ins")
    .values({
      state: pending.state,
      browser: pending.browser,
      return_to: pending.returnTo,
      expires_at: pending.expiresAt,
    })
    .execute();
}

/** Takes it out: each is good for one answer of the provider, of this browser. */
export async function takePendingSignIn(ctx: Ctx, state: string, browser: string) {
  return ctx.database.kysely
    .deleteFrom("oidc_sign_ins")
    .where("state", "=", state)
    .where("browser", "=", browser)
    .where("expires_at", ">", ctx.clock.now())
    .returning("return_to as returnTo")
    .executeTakeFirst();
}

/** False when a logout token with this id was taken before. */
export async function insertLogout(ctx: Ctx, jti: string, expiresAt: Date): Promise<boolean> {
  const row = await ctx.db
    .insertInto("oidc_logouts")
    .values({ jti, expires_at: expiresAt })
    .onConflict((conflict) => conflict.doNothing())
    .returning("jti")
    .executeTakeFirst();
  return row !== undefined;
}

/** Sign-ins that nobody ended, and logout tokens that have expired by themselves. */
export async function pruneOidc(ctx: Ctx): Promise<void> {
  const now = ctx.clock.now();
  await ctx.db.deleteFrom("oidc_sign_ins").where("expires_at", "<=", now).execute();
  await ctx.db.deleteFrom("oidc_logouts").where("expires_at", "<=", now).execute();
}
