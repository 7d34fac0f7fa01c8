import type { Ctx } from "../../db/context.ts";
import type { Handlers } from "../../http/handlers.ts";
import { resolveProject } from "../access/index.ts";
import type { Serving } from "./create-serving.ts";

export function servingRoutes(serving: Serving): Handlers {
  const keyOf = async (ctx: Ctx, params: { project: string; environment: string; deployment: string }) => ({
    projectId: (await resolveProject(ctx, params.project)).id,
    environment: params.environment,
    name: params.deployment,
  });
  return {
    async listDeployments(ctx, { params }) {
      return { items: await serving.list(ctx, { projectId: (await resolveProject(ctx, params.project)).id }) };
    },
    getDeployment: async (ctx, { params }) => serving.show(ctx, await keyOf(ctx, params)),
    getTraffic: async (ctx, { params, query }) => serving.traffic(ctx, await keyOf(ctx, params), query.minutes),
    tryDeployment: async (ctx, { params, body }) => serving.tryOut(ctx, await keyOf(ctx, params), body.input),
    async gatewayConfig(ctx, { query }, io) {
      const config = await serving.gatewayConfig(ctx, query, io.signal);
      if (config) await io.send(200, { "content-type": "application/json" }, JSON.stringify(config));
      else await io.send(204, {}, "");
      return undefined;
    },
    gatewayReport: (ctx, { body }) => serving.report(ctx, body),
  };
}
