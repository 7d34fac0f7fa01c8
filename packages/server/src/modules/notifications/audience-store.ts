import type { Role } from "@pave/contract";
import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";

export interface Person {
  readonly id: string;
  readonly name: string;
  /** On the project, its own and its teams'; a platform admin's `admin`. */
  readonly roles: readonly Role[];
  /** In the team that owns the project. */
  readonly isOwner: boolean;
}

/** More than that nobody is told at once. */
const mostPeople = 500;

/** Everybody who can sign in and has to do with the project: owners, members, platform admins. Null: platform admins. */
export async function peopleOf(ctx: Ctx, projectId: string | null): Promise<Person[]> {
  const { rows } = await sql<{ id: string; name: string; roles: Role[]; isOwner: boolean }>`
    with given as (
      select project_id, principal_id, role from project_members
      union all
      select project_id, principal_id, role from project_members_by_group
    ), held as (
      select m.principal_id as id, m.role from given m where m.project_id = ${projectId}
      union all
      select t.principal_id, m.role from given m
        join principals g on g.id = m.principal_id and g.disabled_at is null
        join team_members t on t.team_id = m.principal_id
      where m.project_id = ${projectId}
      union all
      select p.id, 'admin' from principals p where p.platform_admin
      union all
      select t.principal_id, null from projects j
        join principals g on g.kind = 'team' and g.name = j.owner and g.disabled_at is null
        join team_members t on t.team_id = g.id
      where j.id = ${projectId}
    )
    select p.id, p.name, coalesce(array_agg(distinct h.role) filter (where h.role is not null), '{}') as roles,
           bool_or(h.role is null) as "isOwner"
    from held h join principals p on p.id = h.id
    where p.kind = 'user' and p.disabled_at is null
    group by p.id, p.name order by p.name limit ${mostPeople}`.execute(ctx.db);
  return rows;
}

/** The person of that name, or the members of the team. */
export async function peopleNamed(ctx: Ctx, name: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select p.id from principals p where p.kind = 'user' and p.name = ${name}
    union
    select t.principal_id from team_members t join principals g on g.id = t.team_id
    where g.kind = 'team' and g.name = ${name} and g.disabled_at is null
    limit ${mostPeople}`.execute(ctx.db);
  return rows.map(({ id }) => id);
}

export interface Recipient {
  readonly id: string;
  readonly email: string | null;
  readonly preferences: unknown;
}

/** Of these principals the people who can sign in, with what they chose. */
export async function findRecipients(ctx: Ctx, ids: readonly string[]): Promise<Recipient[]> {
  if (ids.length === 0) return [];
  return ctx.db
    .selectFrom("principals as p")
    .leftJoin("notification_preferences as f", "f.principal_id", "p.id")
    .select(["p.id as id", "p.email as email", "f.preferences as preferences"])
    .where("p.id", "in", [...ids])
    .where("p.kind", "=", "user")
    .where("p.disabled_at", "is", null)
    .execute();
}
