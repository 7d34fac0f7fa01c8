import type { Deployment } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import type { Handlers } from "../../http/handlers.ts";
import { readableProjects, resolveProject } from "../access/index.ts";
import { listActivity } from "./activity.ts";
import { compareRuns, metricCurves } from "./compare-runs.ts";
import { findRuns } from "./find-runs.ts";
import { readHome } from "./home.ts";
import { listJumps } from "./jumps.ts";

export interface InsightsRoutesDeps {
  listDeployments(ctx: Ctx, filter: { environment?: string; projectIds?: readonly string[] }): Promise<Deployment[]>;
  /** Throws `environment.not_found` where there is none of that name. */
  assertEnvironment(ctx: Ctx, name: string): Promise<void>;
}

export function insightsRoutes(deps: InsightsRoutesDeps): Handlers {
  const projectId = async (ctx: Ctx, name: string) => (await resolveProject(ctx, name)).id;
  return {
    home: (ctx) => readHome(ctx, { listDeployments: (ctx) => deps.listDeployments(ctx, {}) }),
    searchRuns: async (ctx, { params, query }) =>
      findRuns(ctx, { ...query, projectId: await projectId(ctx, params.project) }),
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
