import type { ServiceAccount } from "@pave/contract";
import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";

/** The project's own and those that have a role in it, or all of the platform's. */
export async function listServiceAccounts(
  ctx: Ctx,
  of: { readonly projectId: string } | "all",
): Promise<ServiceAccount[]> {
  let query = ctx.db
    .selectFrom("principals as p")
    .leftJoin("projects as j", "j.id", "p.project_id")
    .select([
      "p.id as id",
      "p.name as name",
      "j.name as project",
      "p.created_at as createdAt",
      "p.disabled_at as disabledAt",
    ])
    .select((eb) => [
      eb
        .selectFrom("tokens as t")
        .select((eb) => eb.fn.countAll<string>().as("count"))
        .whereRef("t.principal_id", "=", "p.id")
        .where("t.origin", "=", "made")
        .where("t.revoked_at", "is", null)
        .where("t.expires_at", ">", ctx.clock.now())
        .as("tokens"),
      eb
        .selectFrom("tokens as t")
        .select((eb) => eb.fn.max("t.last_used_at").as("at"))
        .whereRef("t.principal_id", "=", "p.id")
        .as("lastUsedAt"),
      sql<
        { project: string; role: string }[]
      >`coalesce((select json_agg(json_build_object('project', r.name, 'role', m.role) order by r.name)
        from project_members m join projects r on r.id = m.project_id where m.principal_id = p.id), '[]')`.as("roles"),
    ])
    .where("p.kind", "=", "service-account")
    .orderBy("p.name")
    .limit(500);
  if (of !== "all")
    query = query.where((eb) =>
      eb.or([
        eb("p.project_id", "=", of.projectId),
        eb.exists(
          eb
            .selectFrom("project_members as m")
            .select("m.project_id")
            .whereRef("m.principal_id", "=", "p.id")
            .where("m.project_id", "=", of.projectId),
        ),
      ]),
    );
  const rows = await query.execute();
  return rows.map((row) => ({
    ...row,
    kind: "service-account",
    tokens: Number(row.tokens),
    lastUsedAt: row.lastUsedAt ? new Date(row.lastUsedAt).toISOString() : null,
    createdAt: row.createdAt.toISOString(),
    disabledAt: row.disabledAt?.toISOString() ?? null,
  }));
}
