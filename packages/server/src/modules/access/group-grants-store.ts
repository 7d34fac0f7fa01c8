import type { Role } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";

/** Memberships that groups give, made what `teams` (name by id) says. */
export async function syncTeams(ctx: Ctx, principalId: string, teams: ReadonlyMap<string, string>): Promise<string[]> {
  const before = await ctx.db
    .selectFrom("team_members as m")
    .innerJoin("principals as p", "p.id", "m.team_id")
    .select(["m.team_id as id", "p.name as name", "m.by_hand as byHand"])
    .where("m.principal_id", "=", principalId)
    .where("m.by_group", "=", true)
    .execute();
  const gone = before.filter(({ id }) => !teams.has(id));
  for (const { id, byHand } of gone) {
    const isIt = { team_id: id, principal_id: principalId };
    if (byHand)
      await ctx.db
        .updateTable("team_members")
        .set({ by_group: false })
        .where("team_id", "=", isIt.team_id)
        .where("principal_id", "=", isIt.principal_id)
        .execute();
    else
      await ctx.db
        .deleteFrom("team_members")
        .where("team_id", "=", isIt.team_id)
        .where("principal_id", "=", isIt.principal_id)
        .execute();
  }
  const come = [...teams].filter(([id]) => !before.some((one) => one.id === id));
  for (const [id] of come)
    await ctx.db
      .insertInto("team_members")
      .values({ team_id: id, principal_id: principalId, by_hand: false, by_group: true })
      .onConflict((conflict) => conflict.columns(["team_id", "principal_id"]).doUpdateSet({ by_group: true }))
      .execute();
  return [...come.map(([, name]) => `+ ${name}`), ...gone.map(({ name }) => `- ${name}`)];
}

/** Roles that groups give, made what `roles` (by project id) says. */
export async function syncRoles(
  ctx: Ctx,
  principalId: string,
  roles: ReadonlyMap<string, { readonly project: string; readonly role: Role }>,
): Promise<string[]> {
  const before = await ctx.db
    .selectFrom("project_members_by_group as m")
    .innerJoin("projects as j", "j.id", "m.project_id")
    .select(["m.project_id as id", "j.name as project", "m.role as role"])
    .where("m.principal_id", "=", principalId)
    .execute();
  const gone = before.filter(({ id }) => !roles.has(id));
  const come = [...roles].filter(([id, { role }]) => !before.some((one) => one.id === id && one.role === role));
  if (gone.length > 0)
    await ctx.db
      .deleteFrom("project_members_by_group")
      .where("principal_id", "=", principalId)
      .where(
        "project_id",
        "in",
        gone.map(({ id }) => id),
      )
      .execute();
  for (const [id, { role }] of come)
    await ctx.db
      .insertInto("project_members_by_group")
      .values({ project_id: id, principal_id: principalId, role })
      .onConflict((conflict) => conflict.columns(["project_id", "principal_id"]).doUpdateSet({ role }))
      .execute();
  return [
    ...come.map(([, { project, role }]) => `+ ${project}: ${role}`),
    ...gone.map(({ project, role }) => `- ${project}: ${role}`),
  ];
}

/** Only what a group gave is a group's to take; true when it changed something. */
export async function setAdminByGroup(ctx: Ctx, principalId: string, isGiven: boolean): Promise<boolean> {
  const row = await ctx.db
    .updateTable("principals")
    .set({ platform_admin: isGiven, admin_by_group: isGiven })
    .where("id", "=", principalId)
    .where("platform_admin", "=", !isGiven)
    .where("admin_by_group", "=", !isGiven)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}
