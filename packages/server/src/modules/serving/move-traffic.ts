/*
 * What gateways are told, step by step: a coming release is prepared while the old one serves, a canary has a share of
 * the traffic for as long as somebody renews it, then all traffic moves at once, and the old one stays prepared for the
 * way back. Each step locks the deployment and makes a new version of
 * the gateways' config in the caller's transaction.
 */
import type { GatewayWeight } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { must } from "../../kernel/pave-error.ts";
import type { DeploymentRow, ReleaseRow, ServingState } from "./deployment.ts";
import { findDeployment, setServing } from "./deployment-store.ts";

const lockDeployment = async (ctx: Ctx, id: string): Promise<DeploymentRow> =>
  must(await findDeployment(ctx, { id }, { lock: true }), `deployment ${id}`);

/** Gateways fetch and load the release; it gets no traffic yet. */
export async function prepareRelease(ctx: Ctx, deploymentId: string, releaseId: string): Promise<void> {
  const { serving } = await lockDeployment(ctx, deploymentId);
  if (serving.releases.some((release) => release.releaseId === releaseId)) return;
  await setServing(ctx, deploymentId, {
    serving: { ...serving, releases: [...serving.releases, { releaseId, state: "prepare" }] },
  });
}

/** The release gets so many percent of the traffic until the lease ends; what is stable has the rest. */
export async function shareTraffic(
  ctx: Ctx,
  share: { deploymentId: string; releaseId: string; weight: number; leaseUntil: Date },
): Promise<number> {
  const { serving } = await lockDeployment(ctx, share.deploymentId);
  const stable = must(serving.stableReleaseId, "a stable release");
  return setServing(ctx, share.deploymentId, {
    serving: {
      ...serving,
      releases: serving.releases.map((release) =>
        release.releaseId === share.releaseId ? { ...release, state: "serve" as const } : release,
      ),
      weights: [
        { releaseId: stable, weight: 100 - share.weight },
        { releaseId: share.releaseId, weight: share.weight, leaseUntil: share.leaseUntil.toISOString() },
      ],
    },
  });
}

/**
 * Makes a share that the release has last until `leaseUntil`, unless that is less than `byMs` later than before: any
 * number of workers renews it once. Nothing else about the deployment changes.
 */
export async function renewShare(
  ctx: Ctx,
  share: { deploymentId: string; releaseId: string; leaseUntil: Date; byMs: number },
): Promise<void> {
  const isDue = ({ serving }: DeploymentRow) => serving.weights.some((weight) => needsRenewal(weight, share));
  const seen = must(await findDeployment(ctx, { id: share.deploymentId }), `deployment ${share.deploymentId}`);
  if (!isDue(seen)) return;
  const locked = await lockDeployment(ctx, share.deploymentId);
  if (!isDue(locked)) return;
  const leaseUntil = share.leaseUntil.toISOString();
  const weights = locked.serving.weights.map((weight) =>
    needsRenewal(weight, share) ? { ...weight, leaseUntil } : weight,
  );
  await setServing(ctx, share.deploymentId, { serving: { ...locked.serving, weights }, isRenewal: true });
}

const needsRenewal = (weight: GatewayWeight, share: { releaseId: string; leaseUntil: Date; byMs: number }): boolean =>
  weight.releaseId === share.releaseId &&
  weight.leaseUntil !== undefined &&
  share.leaseUntil.getTime() - Date.parse(weight.leaseUntil) >= share.byMs;

/** All traffic goes to the release, which is the active one from here on. Returns the version gateways have to reach. */
export async function shiftTraffic(
  ctx: Ctx,
  release: Pick<ReleaseRow, "id" | "deploymentId" | "configuration">,
): Promise<number> {
  const { activeReleaseId } = await lockDeployment(ctx, release.deploymentId);
  const kept =
    activeReleaseId !== null && activeReleaseId !== release.id
      ? [{ releaseId: activeReleaseId, state: "prepare" as const }]
      : [];
  const serving: ServingState = {
    releases: [{ releaseId: release.id, state: "serve" }, ...kept],
    weights: [{ releaseId: release.id, weight: 100 }],
    stableReleaseId: release.id,
    limits: release.configuration.limits,
  };
  return setServing(ctx, release.deploymentId, { serving, activeReleaseId: release.id });
}

/** All traffic goes back to what is stable, and the coming release is gone from the gateways. */
export async function restoreStable(ctx: Ctx, deploymentId: string, releaseId: string): Promise<number> {
  const { serving } = await lockDeployment(ctx, deploymentId);
  const { stableReleaseId } = serving;
  return setServing(ctx, deploymentId, {
    serving: {
      ...serving,
      releases: serving.releases.filter((release) => release.releaseId !== releaseId),
      weights: stableReleaseId === null ? [] : [{ releaseId: stableReleaseId, weight: 100 }],
    },
  });
}

/** The release is gone from the gateways; with nothing left to serve, the endpoint answers that nothing is released. */
export async function withdrawRelease(ctx: Ctx, deploymentId: string, releaseId: string): Promise<void> {
  const { serving, activeReleaseId } = await lockDeployment(ctx, deploymentId);
  const wasStable = serving.stableReleaseId === releaseId;
  const next: ServingState = {
    ...serving,
    releases: serving.releases.filter((release) => release.releaseId !== releaseId),
    weights: wasStable ? [] : serving.weights.filter((weight) => weight.releaseId !== releaseId),
    stableReleaseId: wasStable ? null : serving.stableReleaseId,
  };
  await setServing(ctx, deploymentId, {
    serving: next,
    activeReleaseId: activeReleaseId === releaseId ? null : activeReleaseId,
  });
}
