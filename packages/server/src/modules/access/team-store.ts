import type { Ctx } from "../../db/context.ts";

/** By name, without those that are disabled: they give nothing to anybody. */
export async function teamsOf(ctx: Ctx, principalId: string): Promise<string[]> {
  const rows = await ctx.db
    .selectFrom("team_members as t")
    .innerJoin("principals as p", "p.id", "t.team_id")
    .select("p.name")
    .where("t.principal_id", "=", principalId)
    .where("p.disabled_at", "is", null)
    .orderBy("p.name")
    .execute();
  return rows.map((row) => row.name);
}

export async function listTeams(ctx: Ctx): Promise<{ id: string; name: string }[]> {
  return ctx.db
    .selectFrom("principals")
    .select(["id", "name"])
    .where("kind", "=", "team")
    .where("disabled_at", "is", null)
    .orderBy("name")
    .execute();
}

export async function listTeamMembers(ctx: Ctx) {
  return ctx.db
    .selectFrom("team_members as t")
    .innerJoin("principals as p", "p.id", "t.principal_id")
    .select(["t.team_id as teamId", "p.id as id", "p.kind as kind", "p.name as name", "t.by_group as byGroup"])
    .orderBy("p.name")
    .execute();
}

/** False when somebody had added it already; a group may have too. */
export async function addTeamMember(ctx: Ctx, teamId: string, principalId: string): Promise<boolean> {
  const row = await ctx.db
    .insertInto("team_members")
    .values({ team_id: teamId, principal_id: principalId })
    .onConflict((c) =>
      c.columns(["team_id", "principal_id"]).doUpdateSet({ by_hand: true }).where("team_members.by_hand", "=", false),
    )
    .returning("team_id")
    .executeTakeFirst();
  return row !== undefined;
}

/** What a group gives stays: `by a group`. `no member` when it was none. */
export async function removeTeamMember(
  ctx: Ctx,
  teamId: string,
  principalId: string,
): Promise<"removed" | "by a group" | "no member"> {
  const row = await ctx.db
    .selectFrom("team_members")
    .select("by_group as byGroup")
    .where("team_id", "=", teamId)
    .where("principal_id", "=", principalId)
    .forUpdate()
    .executeTakeFirst();
  if (!row) return "no member";
  if (row.byGroup) return "by a group";
  await ctx.db
    .deleteFrom("team_members")
    .where("team_id", "=", teamId)
    .where("principal_id", "=", principalId)
    .execute();
  return "removed";
}
