import type { Ctx } from "../../db/context.ts";
import type { Handlers } from "../../http/handlers.ts";
import { resolveProject } from "../access/index.ts";
import type { Plans } from "./create-plans.ts";
import type { DecidePlan } from "./decide-plan.ts";
import type { PlanKey } from "./find-plan.ts";
import type { PlanFilter } from "./plan-store.ts";

/**
 * Everything about plans but their making: kinds of plans are made by the modules that own them. The platform's plans
 * have the same routes as a project's, without a project in the path.
 */
export function plansRoutes(plans: Plans): Handlers {
  const project = routesOf(
    plans,
    async (ctx, params: { project: string }) => (await resolveProject(ctx, params.project)).id,
  );
  const platform = routesOf(plans, async () => null);
  return {
    listPlans: (ctx, { params, query }) => project.list(ctx, { params, query }),
    getPlan: project.show,
    approvePlan: project.decide("approve"),
    rejectPlan: project.decide("reject"),
    applyPlan: project.decide("apply"),
    recomputePlan: project.recompute,
    cancelPlan: project.cancel,
    listPlatformPlans: (ctx, { query }) => platform.list(ctx, { params: {}, query }),
    getPlatformPlan: platform.show,
    approvePlatformPlan: platform.decide("approve"),
    rejectPlatformPlan: platform.decide("reject"),
    applyPlatformPlan: platform.decide("apply"),
    recomputePlatformPlan: platform.recompute,
    cancelPlatformPlan: platform.cancel,
  };
}

interface ListQuery extends Pick<PlanFilter, "state" | "environment" | "limit"> {
  readonly before?: string | undefined;
}

/** Handlers for the plans of whoever the path names. */
function routesOf<Place extends object>(
  plans: Plans,
  projectIdOf: (ctx: Ctx, params: Place) => Promise<string | null>,
) {
  type Numbered = { readonly params: Place & { readonly plan: number } };
  const keyOf = async (ctx: Ctx, params: Place & { readonly plan: number }): Promise<PlanKey> => ({
    projectId: await projectIdOf(ctx, params),
    number: params.plan,
  });
  return {
    async list(ctx: Ctx, { params, query }: { readonly params: Place; readonly query: ListQuery }) {
      const projectId = await projectIdOf(ctx, params);
      const before = query.before === undefined ? undefined : Number(query.before) || 0;
      const { state, environment, limit } = query;
      return plans.list(ctx, { projectId, state, environment, before, limit });
    },
    show: async (ctx: Ctx, { params }: Numbered) => plans.show(ctx, await keyOf(ctx, params)),
    decide:
      (verb: "approve" | "reject" | "apply") =>
      async (ctx: Ctx, { params, body }: Numbered & { readonly body: Omit<DecidePlan, keyof PlanKey> }) => {
        const key = await keyOf(ctx, params);
        await plans[verb](ctx, { ...key, ...body });
        return plans.show(ctx, key);
      },
    async recompute(ctx: Ctx, { params }: Numbered) {
      const key = await keyOf(ctx, params);
      return plans.show(ctx, { ...key, number: await plans.recompute(ctx, key) });
    },
    async cancel(ctx: Ctx, { params }: Numbered) {
      const key = await keyOf(ctx, params);
      await plans.cancel(ctx, key);
      return plans.show(ctx, key);
    },
  };
}
