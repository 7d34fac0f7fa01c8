import type { Ctx } from "../../db/context.ts";

/** Teams that are not disabled. */
export async function teamIdsOf(ctx: Ctx, principalId: string): Promise<string[]> {
  const rows = await ctx.db
    .selectFrom("team_members as t")
    .innerJoin("principals as g", "g.id", "t.team_id")
    .select("g.id as id")
    .where("t.principal_id", "=", principalId)
    .where("g.disabled_at", "is", null)
    .limit(500)
    .execute();
  return rows.map(({ id }) => id);
}
