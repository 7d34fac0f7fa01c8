import { asActor, type Ctx } from "../../db/context.ts";
import { systemActor } from "../../kernel/actor.ts";
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
  /** Why, in a sentence; of a person what was said, which may be nothing. */
  readonly because: string;
  /** A condition or the want of a verdict, a person, or the undoing of the plan. */
  readonly by: "rollout" | "person" | "plan";
}

/**
 * In the caller's transaction, which has locked the rollout: what ran before has all of the traffic again, and the
 * gateways let go of the candidate once its last requests are answered. Also of one whose traffic has moved already and
 * that is not completed. Nothing happens to one that is over. What no person decided is Pave's own doing, whoever started
 * the rollout.
 */
export async function abortRollout(
  asked: Ctx,
  deployment: DeploymentRow,
  rollout: RolloutRow,
  { because, by }: Abort,
): Promise<void> {
  const ctx = by === "person" ? asked : asActor(asked, systemActor);
  const release = must(await findRelease(ctx, rollout.releaseId), "the release");
  const message = `${whereOf(rollout)}: ${by === "person" ? saidBy(ctx, because) : because}`;
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
  await recordRelease(ctx, "rollout.aborted", deployment, release, {
    ...{ rollout: rollout.number, step: rollout.step + 1, by, because },
  });
  // whoever applies its plan sees it fail
  ctx.afterCommit(() => ctx.database.notify(plansChannel));
}

const saidBy = ({ actor }: Ctx, reason: string): string => (reason ? `${actor.name}: ${reason}` : `by ${actor.name}`);

function whereOf({ state, settings, step }: RolloutRow): string {
  if (state === "preparing") return "aborted before it had traffic";
  if (state === "shifting" || settings === null) return "aborted with all of the traffic";
  return `aborted at step ${step + 1} of ${settings.canary.length} (${settings.canary[step]} %)`;
}
