import type { Jump } from "@pave/contract";
import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";
import { readableProjects } from "../access/index.ts";
import { planHref } from "./event-text.ts";

const most = { projects: 500, deployments: 500, models: 500, runs: 150, plans: 150 };

/** Where one may want to go by name: everything that is named, and the latest of what is numbered. */
export async function listJumps(ctx: Ctx): Promise<Jump[]> {
  const projectIds = await readableProjects(ctx);
  const mine = projectIds === "all" ? sql`true` : sql`p.id = any(${[...projectIds]}::text[])`;
  const at = (project: string, path = "") => `/projects/${encodeURIComponent(project)}${path}`;
  const [projects, deployments, models, runs, plans, environments] = [
    await sql<{ name: string; title: string; owner: string }>`
      select p.name, p.title, p.owner from projects p where ${mine} order by p.updated_at desc
      limit ${most.projects}`.execute(ctx.db),
    await sql<{ project: string; environment: string; name: string; version: number | null }>`
      select p.name as project, d.environment, d.name, r.model_version as version
      from deployments d join projects p on p.id = d.project_id left join releases r on r.id = d.active_release_id
      where ${mine} order by d.updated_at desc limit ${most.deployments}`.execute(ctx.db),
    await sql<{ project: string; name: string; version: number }>`
      select p.name as project, v.model as name, max(v.version) as version
      from model_versions v join projects p on p.id = v.project_id
      where ${mine} and v.status = 'READY' group by p.name, v.model order by max(v.created_at) desc
      limit ${most.models}`.execute(ctx.db),
    await sql<{ project: string; number: number; kind: string; pipeline: string; state: string; note: string | null }>`
      select p.name as project, r.number, r.kind, r.pipeline, r.state, r.message as note
      from projects p cross join lateral (
        select * from runs where project_id = p.id order by number desc limit ${most.runs}) r
      where ${mine} order by r.created_at desc limit ${most.runs}`.execute(ctx.db),
    await sql<{ project: string | null; number: number; title: string; state: string }>`
      select p.name as project, l.number, l.title, l.state
      from plans l left join projects p on p.id = l.project_id
      where l.project_id is null or ${mine} order by l.created_at desc limit ${most.plans}`.execute(ctx.db),
    await ctx.db.selectFrom("environments").select("name").orderBy("name").execute(),
  ];
  return [
    ...projects.rows.map(
      ({ name, title, owner }): Jump => ({
        kind: "project",
        title: name,
        detail: [title === name ? "" : title, `owned by ${owner}`].filter(Boolean).join(", "),
        href: at(name),
      }),
    ),
    ...environments.map(
      ({ name }): Jump => ({
        kind: "environment",
        title: name,
        detail: "environment",
        href: `/environments/${encodeURIComponent(name)}`,
      }),
    ),
    ...deployments.rows.map(
      ({ project, environment, name, version }): Jump => ({
        kind: "deployment",
        title: `${name} in ${environment}`,
        detail: `${project}, ${version === null ? "nothing live" : `version ${version} live`}`,
        href: at(project, `/deployments/${encodeURIComponent(environment)}/${encodeURIComponent(name)}`),
      }),
    ),
    ...models.rows.map(
      ({ project, name, version }): Jump => ({
        kind: "model",
        title: `${name} version ${version}`,
        detail: `${project}, latest version`,
        href: at(project, `/models/${encodeURIComponent(name)}/versions/${version}`),
      }),
    ),
    ...plans.rows.map(
      (plan): Jump => ({
        kind: "plan",
        title: `Plan ${plan.number}: ${plan.title}`,
        detail: `${plan.project ?? "platform"}, ${plan.state}`,
        href: planHref(plan.project, plan.number),
      }),
    ),
    ...runs.rows.map(
      ({ project, number, kind, pipeline, state, note }): Jump => ({
        kind: "run",
        title: `Run ${number} of ${project}`,
        detail: [kind === "evaluation" ? "evaluation" : pipeline, state, note ?? ""].filter(Boolean).join(", "),
        href: at(project, `/runs/${number}`),
      }),
    ),
  ];
}
