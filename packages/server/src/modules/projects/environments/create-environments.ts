import type { Plan } from "@pave/contract";
import type { Ctx } from "../../../db/context.ts";
import type { Plans } from "../../plans/index.ts";
import type { GateCheck } from "../check/check-references.ts";
import { changeEnvironmentAction } from "./change-environment-action.ts";
import { environmentPlanner } from "./environment-planner.ts";

export interface EnvironmentsOptions {
  readonly plans: Plans;
  /** Type-checks an expression of a gate against the evidence of a release. */
  readonly checkGate: GateCheck;
}

export interface PlanEnvironment {
  readonly name: string;
  /** The whole environment as it shall be. */
  readonly yaml: string;
  readonly title?: string | undefined;
  readonly message?: string | undefined;
  readonly autoApply?: boolean;
  readonly dryRun?: boolean;
}

export interface Environments {
  /** The only way in which an environment is created or changed once the platform has started. */
  plan(ctx: Ctx, input: PlanEnvironment): Promise<Plan>;
}

/** Registers what environments bring to the plan engine, and gives the use case. */
export function createEnvironments({ plans, checkGate }: EnvironmentsOptions): Environments {
  plans.registerPlanner("environment", environmentPlanner({ checkGate }));
  plans.registerAction("change-environment", changeEnvironmentAction({ checkGate }));
  return {
    plan: (ctx, { name, yaml, title, message, autoApply = true, dryRun = false }) =>
      plans.create(ctx, {
        kind: "environment",
        projectId: null,
        project: null,
        environment: name,
        asked: { yaml },
        title,
        message,
        autoApply,
        dryRun,
      }),
  };
}
