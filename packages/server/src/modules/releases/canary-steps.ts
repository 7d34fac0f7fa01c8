import type { Ctx } from "../../db/context.ts";
import { must } from "../../kernel/pave-error.ts";
import {
  beginStep,
  type DeploymentRow,
  endSteps,
  findRelease,
  type RolloutRow,
  renewShare,
  shareTraffic,
  updateRollout,
} from "../serving/index.ts";
import { recordRelease } from "./record-release.ts";

/** A share of traffic that nobody renews for so long goes back to stable, wherever a gateway can still be reached. */
const leaseMs = 15_000;
const renewEveryMs = 5_000;

const leaseUntil = (ctx: Ctx): Date => new Date(ctx.clock.now().getTime() + leaseMs);

/** In the caller's transaction, which has locked the rollout: the candidate gets the share of that step. */
export async function enterStep(ctx: Ctx, deployment: DeploymentRow, rollout: RolloutRow, step: number): Promise<void> {
  const settings = must(rollout.settings, "settings of the canary");
  const weight = must(settings.canary[step], `step ${step} of the canary`);
  const release = must(await findRelease(ctx, rollout.releaseId), "the release");
  const startedAt = ctx.clock.now();
  await endSteps(ctx, rollout.id);
  await beginStep(ctx, { rolloutId: rollout.id, position: step, weight, startedAt });
  await shareTraffic(ctx, { deploymentId: deployment.id, releaseId: release.id, weight, leaseUntil: leaseUntil(ctx) });
  await updateRollout(ctx, rollout.id, {
    state: "stepping",
    step,
    stepStartedAt: startedAt,
    message: null,
    pausedBy: null,
    pausedAt: null,
  });
  await recordRelease(ctx, "rollout.stepped", deployment, release, {
    rollout: rollout.number,
    step: step + 1,
    of: settings.canary.length,
    weight,
  });
}

/** Every five seconds a new version of the gateways' config, whoever and how many call it. */
export const renewStep = (ctx: Ctx, { deploymentId, releaseId }: RolloutRow): Promise<void> =>
  renewShare(ctx, { deploymentId, releaseId, leaseUntil: leaseUntil(ctx), byMs: renewEveryMs });
