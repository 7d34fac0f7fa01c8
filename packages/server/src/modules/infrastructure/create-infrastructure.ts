import type { Ctx } from "../../db/context.ts";
import type { PlannedAction, Plans } from "../plans/index.ts";
import { type PlanResources, planResources, resourcesVersion } from "./plan-resources.ts";
import { provisionAction } from "./provision-action.ts";
import type { Provisioner } from "./provisioner.ts";
import { listResources } from "./resource-store.ts";

export interface Infrastructure {
  /** What the environment lacks for the project, as actions of a plan. */
  planResources(ctx: Ctx, input: PlanResources): Promise<PlannedAction[]>;
  /** Moves when anything about the resources of a project in an environment does. */
  resourcesVersion(ctx: Ctx, input: { projectId: string; environment: string }): Promise<string>;
}

export function createInfrastructure(deps: { provisioner: Provisioner; plans: Plans }): Infrastructure {
  deps.plans.registerAction("provision", provisionAction(deps.provisioner));
  return {
    planResources: (ctx, input) => planResources(deps.provisioner, ctx, input),
    resourcesVersion: async (ctx, input) => resourcesVersion(await listResources(ctx, input)),
  };
}
