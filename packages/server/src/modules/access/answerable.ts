import type { Ctx } from "../../db/context.ts";
import { systemActor } from "../../kernel/actor.ts";

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
  const maker = await tokenMaker(ctx);
  if (maker !== undefined) found.push({ principalId: maker, because: `made the token with which ${name} acts` });
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

/**
 * Who made the token that the actor came with, where that is somebody else and may have kept it; undefined for one's own,
 * for those that the platform made at a person's word (`pave login`), and for sessions.
 */
export async function tokenMaker(ctx: Ctx): Promise<string | undefined> {
  const { grant, principalId } = ctx.actor;
  if (grant === "unlimited" || grant.tokenId === null || grant.tokenKind !== "api") return undefined;
  const token = await ctx.db
    .selectFrom("tokens")
    .select("created_by as maker")
    .where("id", "=", grant.tokenId)
    .executeTakeFirst();
  const isOwn = !token?.maker || [principalId, systemActor.principalId].includes(token.maker);
  return isOwn ? undefined : (token?.maker ?? undefined);
}
