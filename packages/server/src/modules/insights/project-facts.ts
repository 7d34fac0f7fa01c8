import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";
import type { ProjectFacts } from "../projects/index.ts";
import { countTroubles } from "./waiting-store.ts";

const openStates = ["evaluating", "blocked", "open", "ready", "stale", "applying"] as const;

/** What runs, models, deployments and plans say about projects: six queries however many projects. */
export async function projectFacts(
  ctx: Ctx,
  projectIds: readonly string[],
): Promise<ReadonlyMap<string, ProjectFacts>> {
  if (projectIds.length === 0) return new Map();
  const ids = [...projectIds];
  const [last, succeeded, models, deployments, plans, troubles] = [
    await lastRuns(ctx, ids, false),
    await lastRuns(ctx, ids, true),
    await latestVersions(ctx, ids),
    await liveDeployments(ctx, ids),
    await openPlans(ctx, ids),
    await countTroubles(ctx, ids),
  ];
  return new Map(
    ids.map((id) => [
      id,
      {
        lastRun: last.find((row) => row.projectId === id) ?? null,
        lastSucceededRun: succeeded.find((row) => row.projectId === id) ?? null,
        latestModelVersion: models.find((row) => row.projectId === id) ?? null,
        deployments: deployments.filter((row) => row.projectId === id),
        openPlans: plans.filter((row) => row.projectId === id),
        troubles: troubles.get(id) ?? 0,
      },
    ]),
  );
}

/** For each project a step back along its index, however many runs it has. */
async function lastRuns(ctx: Ctx, ids: string[], onlySucceeded: boolean) {
  return ctx.db
    .selectFrom("projects as p")
    .innerJoinLateral(
      (eb) => {
        const query = eb
          .selectFrom("runs as r")
          .select(["r.number as number", "r.pipeline as pipeline", "r.state as state", "r.created_at as at"])
          .whereRef("r.project_id", "=", "p.id")
          .where("r.kind", "=", "pipeline");
        return (onlySucceeded ? query.where("r.state", "=", "succeeded") : query)
          .orderBy("r.number", "desc")
          .limit(1)
          .as("last");
      },
      (join) => join.onTrue(),
    )
    .select(["p.id as projectId", "last.number", "last.pipeline", "last.state", "last.at"])
    .where("p.id", "in", ids)
    .execute();
}

async function latestVersions(ctx: Ctx, ids: string[]) {
  const rows = await ctx.db
    .selectFrom("projects as p")
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom("model_versions as v")
          .select(["v.model as model", "v.version as version", "v.created_at as at"])
          .whereRef("v.project_id", "=", "p.id")
          .where("v.status", "=", "READY")
          .orderBy("v.created_at", "desc")
          .limit(1)
          .as("latest"),
      (join) => join.onTrue(),
    )
    .select(["p.id as projectId", "latest.model", "latest.version", "latest.at"])
    .where("p.id", "in", ids)
    .execute();
  return rows.map((row) => ({ ...row, version: String(row.version) }));
}

/** Deployments with what is live and how often it was asked in the last hour. */
async function liveDeployments(ctx: Ctx, ids: string[]) {
  const rows = await ctx.db
    .selectFrom("deployments as d")
    .leftJoin("releases as r", "r.id", "d.active_release_id")
    .select((eb) =>
      eb
        .selectFrom("traffic_windows as t")
        .select((e) => e.fn.sum<number>("t.requests").as("requests"))
        .whereRef("t.deployment_id", "=", "d.id")
        .where("t.start", ">", sql<Date>`now() - interval '1 hour'`)
        .as("requests"),
    )
    .select([
      "d.project_id as projectId",
      "d.environment",
      "d.name",
      "r.model as model",
      "r.model_version as modelVersion",
      "r.activated_at as activatedAt",
    ])
    .where("d.project_id", "in", ids)
    .orderBy("d.environment", "desc")
    .orderBy("d.name")
    .execute();
  return rows.map(({ requests, modelVersion, ...row }) => ({
    ...row,
    modelVersion: modelVersion === null ? null : String(modelVersion),
    requestsLastHour: Number(requests ?? 0),
  }));
}

async function openPlans(ctx: Ctx, ids: string[]) {
  return ctx.db
    .selectFrom("plans")
    .select(["project_id as projectId", "number", "environment", "title", "state", "created_at as at"])
    .where("project_id", "in", ids)
    .where("state", "in", [...openStates])
    .orderBy("created_at", "desc")
    .limit(500)
    .execute();
}
