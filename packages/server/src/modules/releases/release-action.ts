import { isRolloutOpen, type RolloutSettings } from "@pave/contract";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { must, PaveError } from "../../kernel/pave-error.ts";
import { getVersion } from "../models/index.ts";
import { type ActionHandler, type ActionStep, withProject } from "../plans/index.ts";
import {
  ensureDeployment,
  findDeployment,
  findOpenRollout,
  findRelease,
  findReleaseOfPlan,
  findRolloutOfRelease,
  insertRelease,
  insertRollout,
  prepareRelease,
  type ReleaseConfiguration,
  type ReleaseRow,
  type RolloutRow,
  setReleaseState,
} from "../serving/index.ts";
import { abortRollout } from "./abort-rollout.ts";
import { busy } from "./busy.ts";
import { recordRelease } from "./record-release.ts";
import type { ReleasesDeps } from "./releases-deps.ts";
import { advanceRollout, failRollout, lockRollout, progressOf, revertRelease } from "./rollout.ts";

interface Before {
  readonly release: number;
}
interface After {
  readonly model: string;
  readonly modelVersion: number;
  readonly digest: string;
  readonly configuration: Omit<ReleaseConfiguration, "files">;
  /** Absent: all traffic moves at once. */
  readonly rollout?: RolloutSettings;
}

/** Makes the release, waits as a row until gateways are ready for it, and moves the traffic. */
export function releaseAction(deps: ReleasesDeps): ActionHandler {
  return {
    async apply(ctx, step) {
      const { release, rollout } = (await findMade(ctx, step)) ?? (await makeRelease(deps, ctx, step));
      // a canary is the worker's to drive: it must not depend on who holds the plan
      const progress = rollout.kind === "canary" ? progressOf(rollout) : await advanceRollout(ctx, rollout.id);
      switch (progress.state) {
        case "waiting":
          return { state: "waiting" };
        case "completed":
          return { state: "done", result: { deploymentId: release.deploymentId, release: release.number } };
        case "failed":
          throw releaseFailed(nameOf(step), release.number, progress.message);
      }
    },

    async undo(ctx, step) {
      const made = await findMade(ctx, step);
      if (!made) return { state: "done" };
      if (made.rollout.kind === "canary") await undoCanary(ctx, made.rollout.id);
      if (made.rollout.state === "preparing") await failRollout(ctx, made.rollout, "the plan was undone");
      else
        await inTransaction(ctx, async (ctx) => {
          await abortBeside(ctx, made.release);
          await revertRelease(ctx, made.release, made.rollout.previousReleaseId);
        });
      return { state: "done" };
    },
  };
}

/** One that has aborted by itself has restored its weights already: nothing is undone twice. */
const undoCanary = (ctx: Ctx, rolloutId: string): Promise<void> =>
  inTransaction(ctx, async (ctx) => {
    const { deployment, rollout } = await lockRollout(ctx, rolloutId);
    if (isRolloutOpen(rollout.state))
      await abortRollout(ctx, deployment, rollout, { by: "plan", because: "the plan was undone" });
  });

/** Whatever another plan was about to put in its place had it as stable, which it is no longer. */
async function abortBeside(ctx: Ctx, release: ReleaseRow): Promise<void> {
  const deployment = must(await findDeployment(ctx, { id: release.deploymentId }, { lock: true }), "the deployment");
  const open = await findOpenRollout(ctx, deployment.id);
  if (!open || open.kind === "rollback" || open.previousReleaseId !== release.id) return;
  if (deployment.activeReleaseId !== release.id) return;
  const because = `release ${release.number}, which ran beside it, was taken back`;
  await abortRollout(ctx, deployment, open, { by: "plan", because });
}

interface Made {
  readonly release: ReleaseRow;
  readonly rollout: RolloutRow;
}

const nameOf = ({ action }: ActionStep): string => action.id.slice("release.".length);

const keyOf = (step: ActionStep) => ({
  projectId: withProject(step.plan).projectId,
  environment: step.plan.environment,
  name: nameOf(step),
});

async function findMade(ctx: Ctx, step: ActionStep): Promise<Made | undefined> {
  const deployment = await findDeployment(ctx, keyOf(step));
  const release = deployment && (await findReleaseOfPlan(ctx, step.plan.id, deployment.id));
  if (!release) return undefined;
  return {
    release,
    rollout: must(await findRolloutOfRelease(ctx, release.id), `the rollout of release ${release.id}`),
  };
}

async function makeRelease(deps: ReleasesDeps, ctx: Ctx, step: ActionStep): Promise<Made> {
  const after = step.action.after as After;
  const version = await getVersion(ctx, after.model, after.modelVersion);
  const { files } = await deps.artifacts.getArtifact(ctx, version.artifactId);
  const missing = new Set(
    await deps.artifacts.missingBlobs(
      ctx,
      files.map(({ digest }) => digest),
    ),
  );
  const lost = files.find(({ digest }) => missing.has(digest));
  if (lost) {
    throw new PaveError(
      "release.failed",
      `${after.model} version ${after.modelVersion}: the bytes of ${lost.path} are missing or corrupt`,
      {
        fix: "Restore the artifact store from a backup, or register the model again.",
      },
    );
  }
  await inTransaction(ctx, async (ctx) => {
    const deployment = await ensureDeployment(ctx, { ...keyOf(step), kind: "online" });
    await assertUnmoved(ctx, step, deployment.activeReleaseId);
    const releaseId = await insertRelease(ctx, {
      deploymentId: deployment.id,
      planId: step.plan.id,
      revisionId: step.plan.revisionId ?? "",
      model: after.model,
      modelVersion: after.modelVersion,
      modelDigest: after.digest,
      configuration: {
        ...after.configuration,
        files: files.map(({ path, digest, size, executable }) => ({ path, digest, size, executable })),
        pythonEnvironment: version.pythonEnvironmentDigest,
        ...(version.check?.python ? { check: version.check } : {}),
      },
      message: step.plan.message,
    });
    const rolloutId = await insertRollout(ctx, {
      deploymentId: deployment.id,
      releaseId,
      previousReleaseId: deployment.activeReleaseId,
      kind: after.rollout ? "canary" : "immediate",
      settings: after.rollout ?? null,
      message: null,
    });
    if (rolloutId === undefined) throw busy(deployment, await findOpenRollout(ctx, deployment.id));
    await setReleaseState(ctx, releaseId, "rolling-out");
    await prepareRelease(ctx, deployment.id, releaseId);
    const release = await findRelease(ctx, releaseId);
    if (release) await recordRelease(ctx, "release.created", deployment, release, { plan: step.plan.number });
  });
  const made = await findMade(ctx, step);
  if (!made) throw new Error(`Broken invariant: the release of plan ${step.plan.id} is missing`);
  return made;
}

/** Between the check of the plan and this action somebody may have rolled back. */
async function assertUnmoved(ctx: Ctx, step: ActionStep, activeReleaseId: string | null): Promise<void> {
  const before = (step.action.before as Before | null)?.release ?? null;
  const active = activeReleaseId === null ? null : ((await findRelease(ctx, activeReleaseId))?.number ?? null);
  if (active === before) return;
  const text = (release: number | null) => (release === null ? "nothing" : `release ${release}`);
  throw new PaveError("plan.stale", `${step.action.subject}: expected ${text(before)} to run, found ${text(active)}`, {
    fix: "Make a new plan.",
  });
}

const releaseFailed = (deployment: string, release: number, message: string): PaveError =>
  new PaveError("release.failed", `Release ${release} of ${deployment}: ${message}`, {
    fix: "See its steps with `pave deployments show`, or the gateway's log where it could not be loaded, and release another version.",
  });
