import type { Role } from "@pave/contract";
import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";
import { gathered } from "../../db/gather.ts";
import { prepared } from "../../db/prepared.ts";

/** A principal's roles, its own and its teams', by project. A disabled team gives none. */
export async function rolesOf(
  ctx: Ctx,
  principalId: string,
  projectId?: string,
): Promise<{ projectId: string; project: string; role: Role }[]> {
  let query = ctx.db
    .selectFrom(memberships(ctx).as("m"))
    .innerJoin("projects as j", "j.id", "m.project_id")
    .select(["m.project_id as projectId", "j.name as project", "m.role as role"])
    .where((eb) =>
      eb.or([
        eb("m.principal_id", "=", principalId),
        eb(
          "m.principal_id",
          "in",
          eb
            .selectFrom("team_members as t")
            .innerJoin("principals as p", "p.id", "t.team_id")
            .select("t.team_id")
            .where("t.principal_id", "=", principalId)
            .where("p.disabled_at", "is", null),
        ),
      ]),
    );
  if (projectId) query = query.where("m.project_id", "=", projectId);
  return (await query.execute()) as { projectId: string; project: string; role: Role }[];
}

export interface HeldRoleRow {
  readonly role: Role;
  /** Null where it is the principal's own. */
  readonly team: string | null;
}

const rolesHeld = prepared<HeldRoleRow & { readonly principalId: string; readonly projectId: string }>(
  "roles held",
  `select g.principal_id as "principalId", g.project_id as "projectId", m.role,
     case when t.team_id is not null then h.name end as team
   from unnest($1::text[], $2::text[]) as g(principal_id, project_id)
   join (select project_id, principal_id, role from project_members
         union all select project_id, principal_id, role from project_members_by_group) m on m.project_id = g.project_id
   left join team_members t on t.team_id = m.principal_id and t.principal_id = g.principal_id
   join principals h on h.id = m.principal_id
   where m.principal_id = g.principal_id or (t.team_id is not null and h.disabled_at is null)
   order by h.name`,
);

/** A principal's roles on a project with the team that each is of. A disabled team gives none. */
export const heldRoles = gathered<{ readonly principalId: string; readonly projectId: string }, HeldRoleRow[]>({
  lanes: 2,
  most: 200,
  async ask(ctx, pairs) {
    const isOf = (pair: { principalId: string; projectId: string }) => (row: typeof pair) =>
      row.principalId === pair.principalId && row.projectId === pair.projectId;
    const unique = pairs.filter((pair, index) => pairs.findIndex(isOf(pair)) === index);
    const rows = await rolesHeld(ctx, [unique.map((one) => one.principalId), unique.map((one) => one.projectId)]);
    return pairs.map((pair) => rows.filter(isOf(pair)).map(({ role, team }) => ({ role, team })));
  },
});

/** Everybody a role on the project reaches: its members, those of teams one by one. Disabled ones are left out. */
export async function everybodyOn(ctx: Ctx, projectId: string) {
  const members = ctx.db
    .selectFrom(memberships(ctx).as("m"))
    .innerJoin("principals as p", "p.id", "m.principal_id")
    .where("m.project_id", "=", projectId)
    .where("p.disabled_at", "is", null);
  const own = await members
    .select(["p.id as id", "p.kind as kind", "p.name as name", "m.role as role"])
    .where("p.kind", "<>", "team")
    .execute();
  const byTeam = await members
    .innerJoin("team_members as t", "t.team_id", "p.id")
    .innerJoin("principals as q", "q.id", "t.principal_id")
    .select(["q.id as id", "q.kind as kind", "q.name as name", "m.role as role", "p.name as team"])
    .where("q.disabled_at", "is", null)
    .execute();
  return [...own.map((row) => ({ ...row, team: null })), ...byTeam];
}

/** Roles that were given by hand, and those that groups of an OpenID provider give. */
const memberships = (ctx: Ctx) =>
  ctx.db
    .selectFrom("project_members")
    .select(["project_id", "principal_id", "role", sql<boolean>`false`.as("by_group")])
    .unionAll(
      ctx.db
        .selectFrom("project_members_by_group")
        .select(["project_id", "principal_id", "role", sql<boolean>`true`.as("by_group")]),
    );

export async function setMember(ctx: Ctx, projectId: string, principalId: string, role: Role): Promise<void> {
  await ctx.db
    .insertInto("project_members")
    .values({ project_id: projectId, principal_id: principalId, role })
    .onConflict((c) => c.columns(["project_id", "principal_id"]).doUpdateSet({ role }))
    .execute();
}

export async function removeMember(ctx: Ctx, projectId: string, principalId: string): Promise<void> {
  await ctx.db
    .deleteFrom("project_members")
    .where("project_id", "=", projectId)
    .where("principal_id", "=", principalId)
    .execute();
}

export async function hasRoleByGroup(ctx: Ctx, projectId: string, principalId: string): Promise<boolean> {
  const row = await ctx.db
    .selectFrom("project_members_by_group")
    .select("role")
    .where("project_id", "=", projectId)
    .where("principal_id", "=", principalId)
    .executeTakeFirst();
  return row !== undefined;
}

export async function listMembers(ctx: Ctx, projectId: string) {
  return ctx.db
    .selectFrom(memberships(ctx).as("m"))
    .innerJoin("principals as p", "p.id", "m.principal_id")
    .select(["p.id as id", "p.kind as kind", "p.name as name", "m.role as role", "m.by_group as byGroup"])
    .where("m.project_id", "=", projectId)
    .orderBy("p.name")
    .execute();
}

/** Who has which role where, teams resolved to their members; for gateways. */
export async function allRoles(ctx: Ctx) {
  return ctx.db
    .selectFrom(memberships(ctx).as("m"))
    .innerJoin("principals as p", "p.id", "m.principal_id")
    .leftJoin("team_members as t", "t.team_id", "m.principal_id")
    .select(["m.project_id as projectId", "m.role as role", "m.principal_id as holderId", "t.principal_id as memberId"])
    .where("p.disabled_at", "is", null)
    .execute();
}
