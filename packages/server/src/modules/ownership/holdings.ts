import type { Holding } from "@pave/contract";
import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";
import { everybodyOn, type Principal } from "../access/index.ts";

/** A holding with the id of the thing, for handing it over. */
export interface HeldThing extends Holding {
  readonly id: string;
  readonly projectId: string | null;
}

/**
 * What a principal alone holds: it would have no owner, or nobody to answer for it, without its holder. A project always
 * has a team that owns it; a team that owns something needs a member; a service account needs an owner; plans and reviews
 * that wait, and runs that are on, somebody who looks after them.
 */
export async function holdingsOf(ctx: Ctx, principal: Pick<Principal, "id" | "kind" | "name">): Promise<HeldThing[]> {
  const accounts = await accountsOf(ctx, principal.id);
  if (principal.kind === "team") return [...(await projectsOf(ctx, principal.name)), ...accounts];
  return [
    ...(await loneAdmin(ctx, principal.id)),
    ...(await loneMember(ctx, principal.id)),
    ...accounts,
    ...(await openPlans(ctx, principal.id)),
    ...(await openRuns(ctx, principal.id)),
    ...(await openReviews(ctx, principal.id)),
  ];
}

async function projectsOf(ctx: Ctx, team: string): Promise<HeldThing[]> {
  const rows = await ctx.db
    .selectFrom("projects")
    .select(["id", "name"])
    .where("owner", "=", team)
    .orderBy("name")
    .execute();
  return rows.map(({ id, name }) => ({
    ...{ kind: "project", id, projectId: id, name: `project ${name}` },
    becomes: "the other team owns it, and its members become developers",
  }));
}

async function accountsOf(ctx: Ctx, ownerId: string): Promise<HeldThing[]> {
  const rows = await ctx.db
    .selectFrom("principals")
    .select(["id", "name", "kind"])
    .where("owner_id", "=", ownerId)
    .where("disabled_at", "is", null)
    .orderBy("name")
    .execute();
  return rows.map(({ id, name, kind }) => ({
    ...{ kind: "service-account", id, projectId: null, name: `${kind} ${name}` },
    becomes: "the other owns it; its tokens go on",
  }));
}

/** Projects that nobody else who is there administers, beside platform admins. */
async function loneAdmin(ctx: Ctx, principalId: string): Promise<HeldThing[]> {
  const rows = await ctx.db
    .selectFrom("project_members as m")
    .innerJoin("projects as j", "j.id", "m.project_id")
    .select(["j.id as id", "j.name as name"])
    .where("m.principal_id", "=", principalId)
    .where("m.role", "=", "admin")
    .orderBy("j.name")
    .execute();
  const alone: HeldThing[] = [];
  for (const { id, name } of rows) {
    const others = (await everybodyOn(ctx, id)).filter((row) => row.role === "admin" && row.id !== principalId);
    if (others.length > 0) continue;
    alone.push({
      ...{ kind: "project-admin", id, projectId: id, name: `the only admin of project ${name}` },
      becomes: "the other becomes admin of the project",
    });
  }
  return alone;
}

/** Teams that own something and have no other member. */
async function loneMember(ctx: Ctx, principalId: string): Promise<HeldThing[]> {
  const { rows } = await sql<{ id: string; name: string }>`
    select t.id, t.name from principals t join team_members m on m.team_id = t.id
    where m.principal_id = ${principalId} and t.disabled_at is null
      and (exists (select from projects j where j.owner = t.name)
        or exists (select from principals p where p.owner_id = t.id and p.disabled_at is null))
      and not exists (
        select from team_members o join principals q on q.id = o.principal_id
        where o.team_id = t.id and o.principal_id <> ${principalId} and q.disabled_at is null)
    order by t.name`.execute(ctx.db);
  return rows.map(({ id, name }) => ({
    ...{ kind: "team", id, projectId: null, name: `the only member of team ${name}` },
    becomes: "the other becomes a member of the team",
  }));
}

/** How somebody who took a plan over is noted among those who stand behind it. */
export const tookOver = "took over from";

interface Request {
  readonly behind?: readonly { readonly because: string }[];
}

async function openPlans(ctx: Ctx, authorId: string): Promise<HeldThing[]> {
  const rows = await ctx.db
    .selectFrom("plans as p")
    .leftJoin("projects as j", "j.id", "p.project_id")
    .select([
      "p.id as id",
      "p.project_id as projectId",
      "p.number as number",
      "j.name as project",
      "p.request as request",
    ])
    .where("p.author", "=", authorId)
    .where("p.state", "in", ["evaluating", "blocked", "open", "ready", "stale", "applying"])
    .orderBy("p.created_at")
    .execute();
  return rows
    .filter(({ request }) => !(request as Request).behind?.some(({ because }) => because.startsWith(tookOver)))
    .map(({ id, projectId, number, project }) => ({
      ...{ kind: "plan", id, projectId, name: `plan ${number} of ${project ?? "the platform"}` },
      becomes: "the other answers for it as an author, too",
    }));
}

async function openRuns(ctx: Ctx, requesterId: string): Promise<HeldThing[]> {
  const rows = await ctx.db
    .selectFrom("runs as r")
    .innerJoin("projects as j", "j.id", "r.project_id")
    .select(["r.id as id", "r.project_id as projectId", "r.number as number", "j.name as project"])
    .where("r.requested_by", "=", requesterId)
    .where("r.state", "in", ["queued", "running"])
    .orderBy("r.created_at")
    .execute();
  return rows.map(({ id, projectId, number, project }) => ({
    ...{ kind: "run", id, projectId, name: `run ${number} of ${project}` },
    becomes: "it goes on as the other's",
  }));
}

async function openReviews(ctx: Ctx, requesterId: string): Promise<HeldThing[]> {
  const rows = await ctx.db
    .selectFrom("reviews")
    .select(["id", "project_id as projectId", "model", "version", "environment"])
    .where("requested_by", "=", requesterId)
    .where("state", "=", "open")
    .orderBy("requested_at")
    .execute();
  return rows.map(({ id, projectId, model, version, environment }) => ({
    ...{ kind: "review", id, projectId, name: `the review of ${model} version ${version} for ${environment}` },
    becomes: "the other has asked for it",
  }));
}
