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
