import type { Ctx } from "../../db/context.ts";

/** People with what tells how they sign in; one query for the whole list. */
export async function listPeople(ctx: Ctx, id?: string) {
  let query = ctx.db
    .selectFrom("principals as p")
    .select((eb) => [
      "p.id as id",
      "p.name as name",
      "p.email as email",
      "p.platform_admin as platformAdmin",
      "p.admin_by_group as adminByGroup",
      "p.created_at as createdAt",
      "p.disabled_at as disabledAt",
      eb
        .exists(eb.selectFrom("passwords as w").select("w.principal_id").whereRef("w.principal_id", "=", "p.id"))
        .as("hasPassword"),
      eb
        .exists(eb.selectFrom("identities as i").select("i.subject").whereRef("i.principal_id", "=", "p.id"))
        .as("hasIdentity"),
    ])
    .where("p.kind", "=", "user");
  if (id) query = query.where("p.id", "=", id);
  return query.orderBy("p.name").limit(2000).execute();
}

/** Teams of people, by person. */
export async function teamsByPerson(ctx: Ctx): Promise<Map<string, string[]>> {
  const rows = await ctx.db
    .selectFrom("team_members as m")
    .innerJoin("principals as p", "p.id", "m.team_id")
    .select(["m.principal_id as id", "p.name as team"])
    .where("p.disabled_at", "is", null)
    .orderBy("p.name")
    .execute();
  const teams = new Map<string, string[]>();
  for (const { id, team } of rows) teams.set(id, [...(teams.get(id) ?? []), team]);
  return teams;
}

/** Teams that would have no member who can act, without this person. */
export async function teamsLeftEmpty(ctx: Ctx, personId: string) {
  const rows = await ctx.db
    .selectFrom("team_members as m")
    .innerJoin("principals as t", "t.id", "m.team_id")
    .leftJoin("projects as j", "j.owner", "t.name")
    .select(["t.name as team", "j.name as project"])
    .where("m.principal_id", "=", personId)
    .where("t.disabled_at", "is", null)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom("team_members as o")
            .innerJoin("principals as p", "p.id", "o.principal_id")
            .select("o.principal_id")
            .whereRef("o.team_id", "=", "m.team_id")
            .where("o.principal_id", "<>", personId)
            .where("p.disabled_at", "is", null),
        ),
      ),
    )
    .orderBy("t.name")
    .orderBy("j.name")
    .execute();
  const projects = new Map<string, string[]>();
  for (const { team, project } of rows)
    projects.set(team, [...(projects.get(team) ?? []), ...(project ? [project] : [])]);
  return [...projects].map(([team, projects]) => ({ team, projects }));
}

/** Projects whose only admin by role this person is. */
export async function projectsWithoutAdmin(ctx: Ctx, personId: string): Promise<string[]> {
  const rows = await ctx.db
    .selectFrom("project_members as m")
    .innerJoin("projects as j", "j.id", "m.project_id")
    .select("j.name")
    .where("m.principal_id", "=", personId)
    .where("m.role", "=", "admin")
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom("project_members as o")
            .innerJoin("principals as p", "p.id", "o.principal_id")
            .select("o.principal_id")
            .whereRef("o.project_id", "=", "m.project_id")
            .where("o.role", "=", "admin")
            .where("o.principal_id", "<>", personId)
            .where("p.disabled_at", "is", null),
        ),
      ),
    )
    .orderBy("j.name")
    .execute();
  return rows.map(({ name }) => name);
}

/** Sessions and tokens that are good now. */
export async function countLive(ctx: Ctx, personId: string): Promise<{ sessions: number; tokens: number }> {
  const rows = await ctx.db
    .selectFrom("tokens")
    .select((eb) => ["kind", eb.fn.countAll<string>().as("count")])
    .where("principal_id", "=", personId)
    .where("kind", "in", ["session", "api"])
    .where("revoked_at", "is", null)
    .where("expires_at", ">", ctx.clock.now())
    .groupBy("kind")
    .execute();
  const of = (kind: string) => Number(rows.find((row) => row.kind === kind)?.count ?? 0);
  return { sessions: of("session"), tokens: of("api") };
}

/** The person whom a name, an id or an e-mail address means. */
export async function findPerson(ctx: Ctx, text: string) {
  return ctx.db
    .selectFrom("principals")
    .select(["id", "name", "email"])
    .where("kind", "=", "user")
    .where((eb) =>
      eb.or([
        eb("id", "=", text),
        eb("name", "=", text),
        eb(eb.fn<string>("lower", ["email"]), "=", text.toLowerCase()),
      ]),
    )
    .orderBy("disabled_at", (order) => order.desc().nullsFirst())
    .executeTakeFirst();
}
