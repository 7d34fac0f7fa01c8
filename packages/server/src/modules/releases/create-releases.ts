import type { Plan } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { changeGatesHandler } from "./change-gates-action.ts";
import { settleEvaluations } from "./compare-champion.ts";
import { gatesPlanner } from "./gates-planner.ts";
import { releaseAction } from "./release-action.ts";
import { releasePlanner } from "./release-planner.ts";
import type { ReleaseAsked } from "./release-targets.ts";
import type { ReleasesDeps } from "./releases-deps.ts";
import { type RollbackDeployment, rollbackDeployment } from "./rollback-deployment.ts";
import { RolloutDriver } from "./rollout-driver.ts";

export interface CreateReleasePlan extends ReleaseAsked {
  /** `gates`: only put the gates of a revision in force. */
  readonly kind?: "release" | "gates";
  readonly projectId: string;
  readonly project: string;
  readonly environment: string;
  readonly title?: string | undefined;
  readonly message?: string | undefined;
  readonly autoApply?: boolean;
  readonly dryRun?: boolean;
}

export interface Releases {
  createPlan(ctx: Ctx, input: CreateReleasePlan): Promise<Plan>;
  rollback(ctx: Ctx, input: RollbackDeployment): Promise<void>;
  /** The worker's turn: evaluations that have ended, plans. Woken on `plansChannel`, and every second or two. */
  tick(ctx: Ctx): Promise<void>;
  /** The worker's turn: canaries and rollbacks. Each second, so that leases never lapse while somebody works. */
  readonly rollouts: RolloutDriver;
}

/** Registers what releases bring to the plan engine, and gives the use cases. */
export function createReleases(deps: ReleasesDeps): Releases {
  deps.plans.registerPlanner("release", releasePlanner(deps));
  deps.plans.registerPlanner("gates", gatesPlanner(deps));
  deps.plans.registerAction("release", releaseAction(deps));
  deps.plans.registerAction("change-gates", changeGatesHandler);
  return {
    async createPlan(ctx, input) {
      const {
        kind = "release",
        projectId,
        project,
        environment,
        title,
        message,
        autoApply = true,
        dryRun = false,
      } = input;
      await deps.projects.getEnvironment(ctx, environment);
      if (input.from !== undefined) await deps.projects.getEnvironment(ctx, input.from);
      if (input.models?.some((model) => model.startsWith("models:/")))
        await deps.projects.ensureRevision(ctx, { id: projectId, name: project });
      const asked = {
        ...(input.from === undefined ? {} : { from: input.from }),
        ...(input.models === undefined ? {} : { models: [...input.models] }),
        ...(input.revision === undefined ? {} : { revision: input.revision }),
        ...(input.deployment === undefined ? {} : { deployment: input.deployment }),
      };
      return deps.plans.create(ctx, {
        kind,
        projectId,
        project,
        environment,
        asked,
        title,
        message,
        autoApply,
        dryRun,
      });
    },
    rollback: rollbackDeployment,
    async tick(ctx) {
      await settleEvaluations(deps, ctx);
      await deps.plans.tick(ctx);
    },
    rollouts: new RolloutDriver(deps),
  };
}
