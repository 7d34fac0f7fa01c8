import type { Ctx } from "../../db/context.ts";
import { isOwnName } from "../access/index.ts";

/** A person as an OpenID provider knows them: issuer and subject name them for good, everything else may change. */
export interface IdentityKey {
  readonly issuer: string;
  readonly subject: string;
}

export async function findIdentity(ctx: Ctx, { issuer, subject }: IdentityKey) {
  return ctx.db
    .selectFrom("identities as i")
    .innerJoin("principals as p", "p.id", "i.principal_id")
    .select(["p.id as principalId", "p.name as name", "p.disabled_at as disabledAt"])
    .where("i.issuer", "=", issuer)
    .where("i.subject", "=", subject)
    .executeTakeFirst();
}

export async function listIdentities(ctx: Ctx, principalId: string) {
  return ctx.db
    .selectFrom("identities")
    .select(["issuer", "subject", "email"])
    .where("principal_id", "=", principalId)
    .execute();
}

/** Ties the provider's account to a principal; one that was another's is theirs from now on. */
export async function putIdentity(
  ctx: Ctx,
  { issuer, subject }: IdentityKey,
  principalId: string,
  email: string | null,
): Promise<void> {
  const now = ctx.clock.now();
  await ctx.db
    .insertInto("identities")
    .values({ issuer, subject, principal_id: principalId, email, created_at: now, signed_in_at: now })
    .onConflict((conflict) =>
      conflict.columns(["issuer", "subject"]).doUpdateSet({ principal_id: principalId, email, signed_in_at: now }),
    )
    .execute();
}

/** People who can sign in and have this address, in whatever case. */
export async function findPeopleByEmail(ctx: Ctx, email: string) {
  return ctx.db
    .selectFrom("principals")
    .select((eb) => [
      "id",
      "name",
      eb
        .exists(eb.selectFrom("identities").select("subject").whereRef("principal_id", "=", "principals.id"))
        .as("hasIdentity"),
    ])
    .where("kind", "=", "user")
    .where("disabled_at", "is", null)
    .where((eb) => eb(eb.fn<string>("lower", ["email"]), "=", email.toLowerCase()))
    .limit(2)
    .execute();
}

/** Which of these names are taken by anybody, or kept for the platform's own. */
export async function takenNames(ctx: Ctx, names: readonly string[]): Promise<Set<string>> {
  const rows = await ctx.db
    .selectFrom("principals")
    .select("name")
    .where("kind", "<>", "run")
    .where("name", "in", [...names])
    .execute();
  return new Set([...rows.map(({ name }) => name), ...names.filter(isOwnName)]);
}
