import type { Deployment, Home } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { can, principalRefs, readableProjects } from "../access/index.ts";
import { listEvents } from "../ledger/index.ts";
import { eventHref } from "./event-text.ts";
import { foldEvents } from "./fold-events.ts";
import { listWaiting } from "./waiting.ts";

export interface HomeDeps {
  listDeployments(ctx: Ctx): Promise<Deployment[]>;
}

/** What waits for the signed-in person, what runs, what is live, what happened: over the projects it may read. */
export async function readHome(ctx: Ctx, deps: HomeDeps): Promise<Home> {
  const projectIds = await readableProjects(ctx);
  const mine = await projectNames(ctx, projectIds);
  const names = new Set(mine.values());
  const [waiting, running, events] = [
    await listWaiting(ctx, { projectIds: [...mine.keys()], platform: await can(ctx, "platform-plan.approve") }),
    await runningRuns(ctx, mine),
    await listEvents(ctx, { projectIds, platform: await can(ctx, "ledger.read"), limit: 150 }),
  ];
  const deployments = (await deps.listDeployments(ctx)).filter((item) => names.has(item.project));
  const people = await principalRefs(
    ctx,
    events.flatMap(({ event }) => [event.principalId, ...(event.subjectType === "principal" ? [event.subjectId] : [])]),
  );
  const recent = foldEvents(
    events.map(({ event, projectName }) => ({
      ...event,
      projectName,
      subjectName: people.get(event.subjectId)?.name,
    })),
  ).slice(0, 20);
  const nameOf = (id: string) => mine.get(id) ?? id;
  return {
    waiting,
    running: running.map((run) => ({
      project: nameOf(run.projectId),
      number: run.number,
      pipeline: run.pipeline,
      state: run.state,
      progress: run.total > 0 ? run.done / run.total : 0,
      href: `/projects/${nameOf(run.projectId)}/runs/${run.number}`,
      startedAt: run.startedAt?.toISOString() ?? null,
    })),
    deployments: deployments.map((item) => ({
      project: item.project,
      environment: item.environment,
      name: item.name,
      modelVersion: item.active?.modelVersion ?? null,
      requestsPerMinute: item.now.requestsPerMinute,
      errorRate: item.now.errorRate,
      p99Ms: item.now.p99Ms,
      href: `/projects/${item.project}/deployments/${item.environment}/${item.name}`,
    })),
    recent: recent.map(({ event, by, text }) => ({
      id: event.id,
      at: event.time,
      principal: people.get(by.principalId) ?? {
        id: by.principalId,
        kind: "user" as const,
        name: by.principalName,
      },
      type: event.type,
      text,
      project: event.projectName,
      href: eventHref(event, event.projectName),
    })),
    metrics: { projects: mine.size },
  };
}

async function projectNames(ctx: Ctx, projectIds: readonly string[] | "all"): Promise<Map<string, string>> {
  let query = ctx.db.selectFrom("projects").select(["id", "name"]);
  if (projectIds !== "all") query = query.where("id", "in", projectIds.length > 0 ? [...projectIds] : [""]);
  return new Map((await query.execute()).map((row) => [row.id, row.name]));
}

const idsOf = (mine: ReadonlyMap<string, string>): string[] => (mine.size > 0 ? [...mine.keys()] : [""]);

async function runningRuns(ctx: Ctx, mine: ReadonlyMap<string, string>) {
  const rows = await ctx.db
    .selectFrom("runs as r")
    .leftJoin("steps as s", "s.run_id", "r.id")
    .select((eb) => [
      "r.project_id as projectId",
      "r.number as number",
      "r.pipeline as pipeline",
      "r.state as state",
      "r.started_at as startedAt",
      eb.fn.count<number>("s.id").as("total"),
      eb.fn.count<number>("s.id").filterWhere("s.state", "=", "succeeded").as("done"),
    ])
    .where("r.project_id", "in", idsOf(mine))
    .where("r.state", "in", ["queued", "running"])
    .groupBy(["r.project_id", "r.number", "r.pipeline", "r.state", "r.started_at"])
    .orderBy("r.number", "desc")
    .limit(20)
    .execute();
  return rows.map((row) => ({ ...row, total: Number(row.total), done: Number(row.done) }));
}
