import { type Ctx, inTransaction } from "../../db/context.ts";
import { must, PaveError } from "../../kernel/pave-error.ts";
import {
  type DeploymentKey,
  type DeploymentRow,
  findDeployment,
  findOpenRollout,
  findRelease,
  getDeployment,
  insertRollout,
  listReleases,
  prepareRelease,
  previousRelease,
  type ReleaseRow,
} from "../serving/index.ts";
import { busy } from "./busy.ts";
import { recordRelease } from "./record-release.ts";
import { advanceRollout } from "./rollout.ts";

export interface RollbackDeployment extends DeploymentKey {
  /** Number of a release that was active here before; the one before the active when absent. */
  readonly toRelease?: number | undefined;
  readonly reason: string;
}

/**
 * Goes back to a release that was approved for this environment, which needs no new approval and no plan, also where
 * the environment is frozen. The release before is still loaded, so traffic usually moves within this call; what does
 * not, the worker carries on.
 */
export async function rollbackDeployment(ctx: Ctx, input: RollbackDeployment): Promise<void> {
  await getDeployment(ctx, input);
  const rolloutId = await inTransaction(ctx, async (ctx) => {
    const deployment = must(await findDeployment(ctx, input, { lock: true }), "the deployment");
    const open = await findOpenRollout(ctx, deployment.id);
    if (open) throw busy(deployment, open);
    const target = await findTarget(ctx, deployment, input.toRelease);
    const rollout = {
      deploymentId: deployment.id,
      releaseId: target.id,
      previousReleaseId: deployment.activeReleaseId,
      message: input.reason || null,
    };
    const id = await insertRollout(ctx, { ...rollout, kind: "rollback" });
    if (id === undefined) throw busy(deployment);
    await prepareRelease(ctx, deployment.id, target.id);
    const active = deployment.activeReleaseId === null ? undefined : await findRelease(ctx, deployment.activeReleaseId);
    await recordRelease(ctx, "rollback.requested", deployment, target, {
      from: active?.number ?? null,
      reason: input.reason,
    });
    return id;
  });
  await advanceRollout(ctx, rolloutId);
}

async function findTarget(ctx: Ctx, deployment: DeploymentRow, toRelease: number | undefined): Promise<ReleaseRow> {
  const releases = await listReleases(ctx, deployment.id, 1000);
  const been = releases.filter(({ activatedAt, id }) => activatedAt !== null && id !== deployment.activeReleaseId);
  const target =
    toRelease === undefined ? previousRelease(deployment, releases) : been.find(({ number }) => number === toRelease);
  if (target) return target;
  const where = `${deployment.name} in ${deployment.environment}`;
  const message =
    toRelease === undefined
      ? `There is no earlier release of ${where} to go back to`
      : `Release ${toRelease} of ${where} cannot be gone back to: expected one that was active before and is not now`;
  const numbers = been.map(({ number }) => number).join(", ");
  throw new PaveError("deployment.no_previous_release", message, {
    fix: numbers === "" ? "Release another version with a plan." : `There are ${numbers}.`,
  });
}
