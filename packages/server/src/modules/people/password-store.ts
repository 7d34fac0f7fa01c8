import type { Ctx } from "../../db/context.ts";

export async function findPassword(ctx: Ctx, principalId: string) {
  return ctx.db
    .selectFrom("passwords")
    .select(["hash", "changed_at as changedAt"])
    .where("principal_id", "=", principalId)
    .executeTakeFirst();
}

export async function setPassword(ctx: Ctx, principalId: string, hash: string): Promise<void> {
  const changed_at = ctx.clock.now();
  await ctx.db
    .insertInto("passwords")
    .values({ principal_id: principalId, hash, changed_at })
    .onConflict((conflict) => conflict.column("principal_id").doUpdateSet({ hash, changed_at }))
    .execute();
}

export async function removePassword(ctx: Ctx, principalId: string): Promise<void> {
  await ctx.db.deleteFrom("passwords").where("principal_id", "=", principalId).execute();
}

/** The account that an e-mail address or a name means, if it can sign in. An address that two have means nobody. */
export async function findAccount(ctx: Ctx, emailOrName: string) {
  const text = emailOrName.trim().toLowerCase();
  const rows = await ctx.db
    .selectFrom("principals as p")
    .leftJoin("passwords as w", "w.principal_id", "p.id")
    .select(["p.id as id", "p.name as name", "w.hash as hash"])
    .where("p.kind", "=", "user")
    .where("p.disabled_at", "is", null)
    .where((eb) => eb.or([eb("p.name", "=", text), eb(eb.fn<string>("lower", ["p.email"]), "=", text)]))
    .limit(2)
    .execute();
  return rows.length === 1 ? rows[0] : undefined;
}

/** Does anybody sign in by one? A form for nobody only confuses. */
export async function hasPasswords(ctx: Ctx): Promise<boolean> {
  return (await ctx.db.selectFrom("passwords").select("principal_id").limit(1).executeTakeFirst()) !== undefined;
}
