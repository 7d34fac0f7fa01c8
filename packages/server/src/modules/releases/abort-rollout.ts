import type { Ctx } from "../../db/context.ts";
import { must } from "../../kernel/pave-error.ts";
import { plansChannel } from "../plans/index.ts";
import {
  type DeploymentRow,
  endSteps,
  findRelease,
  type RolloutRow,
  restoreStable,
  setReleaseState,
  updateRollout,
} from "../serving/index.ts";
import { recordRelease } from "./record-release.ts";
import { takeBack } from "./rollout.ts";

export interface Abort {
  /** Why, in a sentence. */
  readonly because: string;
  /** A condition or the want of a verdict, a person, or the undoing of the plan. */
  readonly by: "rollout" | "person" | "plan";
}

/**
 * In the caller's transaction, which has locked the rollout: what ran before has all of the traffic again, and the
 * gateways let go of the candidate once its last requests are answered. Also of one whose traffic has moved already and
 * that is not completed. Nothing happens to one that is over.
 */
export async function abortRollout(
  ctx: Ctx,
  deployment: DeploymentRow,
  rollout: RolloutRow,
  { because, by }: Abort,
): Promise<void> {
  const release = must(await findRelease(ctx, rollout.releaseId), "the release");
  const message = `${whereOf(rollout)}: ${because}`;
  switch (rollout.state) {
    case "preparing":
    case "stepping":
    case "paused":
      await restoreStable(ctx, deployment.id, release.id);
      break;
    case "shifting":
      await takeBack(ctx, deployment, release, rollout.previousReleaseId);
      break;
    default:
      return;
  }
  await endSteps(ctx, rollout.id);
  await updateRollout(ctx, rollout.id, { state: "aborted", message, pausedBy: null, pausedAt: null });
  await setReleaseState(ctx, release.id, "rolled-back", message);
  await recordRelease(ctx, "rollout.aborted", deployment, release, { rollout: rollout.number, by, because: message });
  // whoever applies its plan sees it fail
  ctx.afterCommit(() => ctx.database.notify(plansChannel));
}

function whereOf({ state, settings, step }: RolloutRow): string {
  if (state === "preparing") return "aborted before it had traffic";
  if (state === "shifting" || settings === null) return "aborted with all of the traffic";
  return `aborted at step ${step + 1} of ${settings.canary.length} (${settings.canary[step]} %)`;
}
