import type { Ctx } from "../../db/context.ts";

/** Somebody who stands behind what another principal does, and why, as the end of a sentence that begins with a name. */
export interface Answerable {
  readonly principalId: string;
  readonly because: string;
}

/**
 * Who stands behind the actor: whoever made the token that it came with, and the person who owns a service account or an
 * agent. A team stands behind its accounts as an owner, but none of its members becomes an author by that.
 */
export async function answerableFor(ctx: Ctx): Promise<Answerable[]> {
  const { grant, principalId, kind, name } = ctx.actor;
  if (grant === "unlimited") return [];
  const found: Answerable[] = [];
  const token =
    grant.tokenId === null || grant.tokenKind !== "api"
      ? undefined
      : await ctx.db.selectFrom("tokens").select("created_by").where("id", "=", grant.tokenId).executeTakeFirst();
  if (token?.created_by && token.created_by !== principalId)
    found.push({ principalId: token.created_by, because: `made the token with which ${name} acts` });
  if (kind !== "service-account" && kind !== "agent") return found;
  const owner = await ctx.db
    .selectFrom("principals as p")
    .innerJoin("principals as o", "o.id", "p.owner_id")
    .select("o.id")
    .where("p.id", "=", principalId)
    .where("o.kind", "=", "user")
    .executeTakeFirst();
  if (owner) found.push({ principalId: owner.id, because: `owns the ${kind} ${name}` });
  return found;
}
