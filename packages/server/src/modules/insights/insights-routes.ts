import type { Deployment } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import type { Handlers } from "../../http/handlers.ts";
import { readableProjects, resolveProject } from "../access/index.ts";
import { experimentsOf } from "../tracking/index.ts";
import { listActivity } from "./activity.ts";
import { moveRuns, tagRuns } from "./change-runs.ts";
import { compareRuns, metricCurves } from "./compare-runs.ts";
import { findRuns } from "./find-runs.ts";
import { findRunGroups } from "./group-runs.ts";
import { readHome } from "./home.ts";
import { listJumps } from "./jumps.ts";
import { runKeys, runValues } from "./run-keys-store.ts";

export interface InsightsRoutesDeps {
  listDeployments(ctx: Ctx, filter: { environment?: string; projectIds?: readonly string[] }): Promise<Deployment[]>;
  /** Throws `environment.not_found` where there is none of that name. */
  assertEnvironment(ctx: Ctx, name: string): Promise<void>;
}

export function insightsRoutes(deps: InsightsRoutesDeps): Handlers {
  const projectId = async (ctx: Ctx, name: string) => (await resolveProject(ctx, name)).id;
  const experimentIds = async (ctx: Ctx, name: string) =>
    (await experimentsOf(ctx, await projectId(ctx, name))).map(({ id }) => id);
  return {
    home: (ctx) => readHome(ctx, { listDeployments: (ctx) => deps.listDeployments(ctx, {}) }),
    searchRuns: async (ctx, { params, query: { count, ...query } }) =>
      findRuns(ctx, { ...query, counts: count === "true", projectId: await projectId(ctx, params.project) }),
    groupRuns: async (ctx, { params, query }) =>
      findRunGroups(ctx, { ...query, projectId: await projectId(ctx, params.project) }),
    listRunKeys: async (ctx, { params }) => runKeys(ctx, await experimentIds(ctx, params.project)),
    async listRunValues(ctx, { params, query }) {
      return { items: await runValues(ctx, await experimentIds(ctx, params.project), query) };
    },
    deleteTrackedRuns: async (ctx, { params, body }) =>
      moveRuns(ctx, await resolveProject(ctx, params.project), body.ids, "deleted"),
    restoreTrackedRuns: async (ctx, { params, body }) =>
      moveRuns(ctx, await resolveProject(ctx, params.project), body.ids, "active"),
    tagTrackedRuns: async (ctx, { params, body }) =>
      tagRuns(ctx, await resolveProject(ctx, params.project), body.ids, body.tags),
    async compareRuns(ctx, { params, query }) {
      return { items: await compareRuns(ctx, { ...query, projectId: await projectId(ctx, params.project) }) };
    },
    metricCurves: async (ctx, { params, query }) =>
      metricCurves(ctx, { ...query, projectId: await projectId(ctx, params.project) }),
    listActivity: (ctx, { query }) => listActivity(ctx, { ...query, routine: query.routine === "true" }),
    async listJumps(ctx) {
      return { items: await listJumps(ctx) };
    },
    async listEnvironmentDeployments(ctx, { params }) {
      await deps.assertEnvironment(ctx, params.environment);
      const projectIds = await readableProjects(ctx);
      const filter = { environment: params.environment, ...(projectIds === "all" ? {} : { projectIds }) };
      return { items: await deps.listDeployments(ctx, filter) };
    },
  };
}
