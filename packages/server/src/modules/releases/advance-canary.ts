import { asActor, type Ctx, inTransaction } from "../../db/context.ts";
import { systemActor } from "../../kernel/actor.ts";
import { messageOf, must } from "../../kernel/pave-error.ts";
import {
  type DeploymentRow,
  findRelease,
  findRollout,
  listSteps,
  noTraffic,
  type RolloutRow,
  releaseReadiness,
  saveAnalysis,
  stepCounts,
  updateRollout,
} from "../serving/index.ts";
import { abortRollout } from "./abort-rollout.ts";
import { analyseStep, type StepFacts } from "./analyse-step.ts";
import { type CanaryMove, type CanaryState, dueAt, lookEveryMs, nextMove } from "./canary-moves.ts";
import { enterStep, renewStep } from "./canary-steps.ts";
import { hintDeployment, recordRelease } from "./record-release.ts";
import type { ReleasesDeps } from "./releases-deps.ts";
import { lockRollout, shift } from "./rollout.ts";

type Evidence = Pick<ReleasesDeps, "evidence">;

/**
 * Renews the candidate's share, looks at its step when that is due, and does what follows. The verdict, the decision and
 * what comes of it are one transaction under the deployment's lock: whatever anybody else decides is before or after.
 */
export async function advanceCanary(deps: Evidence, ctx: Ctx, rolloutId: string): Promise<void> {
  const seen = must(await findRollout(ctx, rolloutId), `rollout ${rolloutId}`);
  if (stateOf(seen) === undefined) return;
  // first: a look that takes long must not cost the candidate its share
  await inTransaction(ctx, (ctx) => renewStep(ctx, seen));
  if (!(await isLookDue(ctx, seen))) return;
  // before the lock: others' evidence may take its time, or fail
  const compared = await compare(deps, ctx, seen);
  await inTransaction(ctx, async (ctx) => {
    const { deployment, rollout } = await lockRollout(ctx, rolloutId);
    const state = stateOf(rollout);
    if (state === undefined || rollout.settings === null || rollout.step !== seen.step) return;
    const analysis = await look(ctx, rollout, compared);
    await saveAnalysis(ctx, { rolloutId, position: rollout.step }, analysis);
    await perform(ctx, deployment, rollout, nextMove(state, rollout.settings, analysis, ctx.clock.now()));
    hintDeployment(ctx, deployment);
  });
}

/** Undefined where no step is on. */
function stateOf({ state, step, stepStartedAt, pausedBy, pausedAt }: RolloutRow): CanaryState | undefined {
  if (state !== "stepping" && state !== "paused") return undefined;
  return { state, step, stepStartedAt: must(stepStartedAt, "the start of the step"), pausedBy, pausedAt };
}

async function isLookDue(ctx: Ctx, rollout: RolloutRow): Promise<boolean> {
  const step = (await listSteps(ctx, rollout.id)).find(({ position }) => position === rollout.step);
  if (!step?.lookedAt) return true;
  const settings = must(rollout.settings, "settings of the canary");
  const now = ctx.clock.now().getTime();
  const due = dueAt({ stepStartedAt: step.startedAt }, settings).getTime();
  const looked = step.lookedAt.getTime();
  return now - looked >= lookEveryMs(settings) || (looked < due && now >= due);
}

type Compared = Pick<StepFacts, "predictions" | "truth" | "trouble">;

/** What others know of both releases: predictions since the canary began, labels since the step did. */
async function compare({ evidence }: Evidence, ctx: Ctx, rollout: RolloutRow): Promise<Compared> {
  const pair = {
    deploymentId: rollout.deploymentId,
    stableReleaseId: stableOf(rollout),
    candidateReleaseId: rollout.releaseId,
  };
  const since = must(rollout.stepStartedAt, "the start of the step");
  try {
    const steps = (await listSteps(ctx, rollout.id)).map(({ startedAt }) => startedAt);
    return {
      predictions: await evidence?.predictionComparison?.(ctx, { ...pair, steps }),
      truth: await evidence?.truth?.(ctx, { ...pair, since }),
      trouble: null,
    };
  } catch (error) {
    ctx.log.error({ rollout: rollout.id, error: messageOf(error) }, "the releases of a rollout could not be compared");
    return { predictions: undefined, truth: undefined, trouble: messageOf(error) };
  }
}

async function look(ctx: Ctx, rollout: RolloutRow, compared: Compared) {
  const settings = must(rollout.settings, "settings of the canary");
  const counts = await stepCounts(ctx, { rolloutId: rollout.id, position: rollout.step });
  const side = async (releaseId: string) => {
    const { number, modelVersion } = must(await findRelease(ctx, releaseId), `release ${releaseId}`);
    return { release: number, modelVersion: String(modelVersion), counts: counts.get(releaseId) ?? noTraffic() };
  };
  return analyseStep({
    at: ctx.clock.now(),
    weight: settings.canary[rollout.step] ?? 100,
    settings,
    candidate: await side(rollout.releaseId),
    stable: await side(stableOf(rollout)),
    ...compared,
    gatewayFailure: (await releaseReadiness(ctx, rollout.deploymentId, rollout.releaseId)).failure,
  });
}

const stableOf = ({ previousReleaseId }: RolloutRow): string =>
  must(previousReleaseId, "the stable release of a canary");

/** Steps, pauses and aborts are Pave's own decisions; that the release is live in the end is what its plan's author did. */
async function perform(ctx: Ctx, deployment: DeploymentRow, rollout: RolloutRow, next: CanaryMove): Promise<void> {
  const pave = asActor(ctx, systemActor);
  switch (next.move) {
    case "wait":
      return;
    case "step":
      return enterStep(pave, deployment, rollout, next.to);
    case "shift":
      return shift(ctx, deployment, rollout);
    case "abort":
      return abortRollout(pave, deployment, rollout, { because: next.because, by: "rollout" });
    case "pause":
      return pauseForVerdict(pave, deployment, rollout, next.because);
  }
}

async function pauseForVerdict(
  ctx: Ctx,
  deployment: DeploymentRow,
  rollout: RolloutRow,
  because: string,
): Promise<void> {
  await updateRollout(ctx, rollout.id, {
    state: "paused",
    pausedBy: "inconclusive",
    pausedAt: ctx.clock.now(),
    message: because,
  });
  const release = must(await findRelease(ctx, rollout.releaseId), "the release");
  await recordRelease(ctx, "rollout.paused", deployment, release, {
    rollout: rollout.number,
    step: rollout.step + 1,
    by: "inconclusive",
    because,
  });
}
