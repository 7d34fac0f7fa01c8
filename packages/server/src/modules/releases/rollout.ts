/*
 * How a deployment's traffic comes to a release.
 *
 *   preparing ─► shifting     every live gateway has the model loaded: in one transaction all traffic moves, the
 *                             release becomes active, the one before ends, the alias of the environment follows
 *             ─► stepping     of a canary: it gets the first share instead; `canary-moves.ts` says how it goes on
 *             ─► failed       a gateway cannot load it, or it is not ready within two minutes: nothing has moved
 *   shifting  ─► completed    every live gateway serves by the new config, or had a quarter of a minute for it
 *
 * Each call takes one step if it can and holds nothing; a crash between steps changes nothing. A rollback is the same
 * with a release that was active before. The database allows one open rollout of a deployment.
 */
import { type Ctx, inTransaction } from "../../db/context.ts";
import { must } from "../../kernel/pave-error.ts";
import { deleteAlias, setAlias } from "../models/index.ts";
import { plansChannel } from "../plans/index.ts";
import {
  beginStep,
  type DeploymentRow,
  endSteps,
  findDeployment,
  findRelease,
  findRollout,
  findRolloutOfRelease,
  isConfigTaken,
  type Readiness,
  type ReleaseRow,
  type RolloutRow,
  releaseReadiness,
  setReleaseState,
  shiftTraffic,
  updateRollout,
  withdrawRelease,
} from "../serving/index.ts";
import { enterStep } from "./canary-steps.ts";
import { hintDeployment, recordRelease } from "./record-release.ts";

const readyWithinMs = 120_000;
const takenWithinMs = 15_000;

export type Progress =
  | { readonly state: "waiting" | "completed" }
  | { readonly state: "failed"; readonly message: string };

/** Takes the rollout as far as it goes now. */
export async function advanceRollout(ctx: Ctx, rolloutId: string): Promise<Progress> {
  const rollout = must(await findRollout(ctx, rolloutId), `rollout ${rolloutId}`);
  if (rollout.state === "preparing") {
    const readiness = await releaseReadiness(ctx, rollout.deploymentId, rollout.releaseId);
    const trouble = troubleOf(readiness, ctx.clock.now().getTime() - rollout.startedAt.getTime());
    if (trouble !== undefined) return failRollout(ctx, rollout, trouble);
    if (readiness.gateways === 0 || readiness.ready < readiness.gateways) return { state: "waiting" };
    await inTransaction(ctx, async (ctx) => {
      const { deployment, rollout } = await lockRollout(ctx, rolloutId);
      if (rollout.state !== "preparing") return;
      if (rollout.settings) await enterStep(ctx, deployment, rollout, 0);
      else await shift(ctx, deployment, rollout);
    });
    return advanceRollout(ctx, rolloutId);
  }
  if (rollout.state === "stepping" || rollout.state === "paused") return { state: "waiting" };
  if (rollout.state === "shifting") {
    const release = must(await findRelease(ctx, rollout.releaseId), `release ${rollout.releaseId}`);
    const sinceMs = ctx.clock.now().getTime() - (release.activatedAt ?? rollout.startedAt).getTime();
    if (sinceMs < takenWithinMs && !(await isConfigTaken(ctx, rollout.configVersion ?? 0))) return { state: "waiting" };
    await inTransaction(ctx, async (ctx) => {
      const { deployment, rollout } = await lockRollout(ctx, rolloutId);
      if (rollout.state !== "shifting") return;
      await endSteps(ctx, rollout.id);
      await updateRollout(ctx, rollout.id, { state: "completed" });
      hintDeployment(ctx, deployment);
      // whoever applies its plan goes on
      ctx.afterCommit(() => ctx.database.notify(plansChannel));
    });
    return advanceRollout(ctx, rolloutId);
  }
  return progressOf(rollout);
}

/** How far it is, without doing anything about it. */
export function progressOf({ state, message }: RolloutRow): Progress {
  if (state === "completed") return { state };
  if (state === "aborted" || state === "failed")
    return { state: "failed", message: message ?? "the rollout was aborted" };
  return { state: "waiting" };
}

function troubleOf({ gateways, ready, failure }: Readiness, elapsedMs: number): string | undefined {
  if (failure !== null) return `the gateway cannot serve it: ${failure}`;
  // ready in the end counts, also where nobody was there to see it in time
  if (elapsedMs < readyWithinMs || (gateways > 0 && ready === gateways)) return undefined;
  const seconds = readyWithinMs / 1000;
  return gateways === 0
    ? `no gateway has reported within ${seconds} s; is one running?`
    : `the gateway did not report ready within ${seconds} s`;
}

/** The rollout as it is, with the deployment locked: nobody else moves it until the caller's transaction ends. */
export async function lockRollout(
  ctx: Ctx,
  rolloutId: string,
): Promise<{ deployment: DeploymentRow; rollout: RolloutRow }> {
  const { deploymentId } = must(await findRollout(ctx, rolloutId), `rollout ${rolloutId}`);
  const deployment = must(await findDeployment(ctx, { id: deploymentId }, { lock: true }), "the deployment");
  return { deployment, rollout: must(await findRollout(ctx, rolloutId), `rollout ${rolloutId}`) };
}

/** In the caller's transaction, which has locked the rollout: all traffic moves to its release. */
export async function shift(ctx: Ctx, deployment: DeploymentRow, rollout: RolloutRow): Promise<void> {
  const release = must(await findRelease(ctx, rollout.releaseId), "the release");
  if (rollout.settings) {
    await endSteps(ctx, rollout.id);
    const position = rollout.settings.canary.length - 1;
    await beginStep(ctx, { rolloutId: rollout.id, position, weight: 100, startedAt: ctx.clock.now() });
  }
  const configVersion = await shiftTraffic(ctx, release);
  const wasRollback = rollout.kind === "rollback";
  const message = wasRollback ? rollout.message : null;
  await updateRollout(ctx, rollout.id, { state: "shifting", configVersion, message, pausedBy: null, pausedAt: null });
  const previousBecomes = wasRollback ? "rolled-back" : "superseded";
  await activate(ctx, deployment, release, rollout.previousReleaseId, previousBecomes);
  await recordRelease(ctx, wasRollback ? "deployment.rolled-back" : "release.activated", deployment, release, {
    message,
  });
}

/** In the transaction that moves traffic: the release is what runs here, for the registry too. */
async function activate(
  ctx: Ctx,
  deployment: DeploymentRow,
  release: ReleaseRow,
  previousId: string | null,
  previousBecomes: ReleaseRow["state"],
): Promise<void> {
  if (previousId !== null && previousId !== release.id) await setReleaseState(ctx, previousId, previousBecomes);
  await setReleaseState(ctx, release.id, "active");
  await setAlias(ctx, {
    projectId: deployment.projectId,
    model: release.model,
    alias: deployment.environment,
    version: String(release.modelVersion),
  });
  ctx.afterCommit(() => ctx.database.notify(plansChannel));
}

/** Unless somebody else has moved it on meanwhile. */
export async function failRollout(ctx: Ctx, { id }: RolloutRow, message: string): Promise<Progress> {
  await inTransaction(ctx, async (ctx) => {
    const { deployment, rollout } = await lockRollout(ctx, id);
    if (rollout.state !== "preparing") return;
    const release = must(await findRelease(ctx, rollout.releaseId), "the release");
    await updateRollout(ctx, rollout.id, { state: "failed", message });
    if (deployment.activeReleaseId !== release.id) await withdrawRelease(ctx, deployment.id, release.id);
    if (rollout.kind !== "rollback") await setReleaseState(ctx, release.id, "failed", message);
    await recordRelease(ctx, "release.failed", deployment, release, { message });
    ctx.afterCommit(() => ctx.database.notify(plansChannel));
  });
  return progressOf(must(await findRollout(ctx, id), `rollout ${id}`));
}

/**
 * Takes an active release out again, as the undoing of its plan: the release before gets its traffic back, or the
 * endpoint goes back to answering that nothing is released.
 */
export async function revertRelease(ctx: Ctx, release: ReleaseRow, previousId: string | null): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const deployment = must(await findDeployment(ctx, { id: release.deploymentId }, { lock: true }), "the deployment");
    // left open it would keep every later release and rollback out
    const rollout = await findRolloutOfRelease(ctx, release.id);
    if (rollout?.state === "shifting") {
      await endSteps(ctx, rollout.id);
      await updateRollout(ctx, rollout.id, { state: "aborted", message: "the plan was undone" });
    }
    await takeBack(ctx, deployment, release, previousId);
  });
}

/** In the caller's transaction, which has locked the deployment. Nothing happens where another release is active. */
export async function takeBack(
  ctx: Ctx,
  deployment: DeploymentRow,
  release: ReleaseRow,
  previousId: string | null,
): Promise<void> {
  if (deployment.activeReleaseId !== release.id) return;
  const previous = previousId === null ? undefined : await findRelease(ctx, previousId);
  if (previous) {
    await shiftTraffic(ctx, previous);
    await activate(ctx, deployment, previous, release.id, "rolled-back");
  } else {
    await setReleaseState(ctx, release.id, "rolled-back");
    await deleteAlias(ctx, { projectId: deployment.projectId, model: release.model, alias: deployment.environment });
  }
  await withdrawRelease(ctx, deployment.id, release.id);
  await recordRelease(ctx, "release.reverted", deployment, release, { to: previous?.number ?? null });
}
