import { type GatewayReport, type GatewayReportAnswer, topics } from "@pave/contract";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { sizesOfCounts } from "../models/index.ts";
import { plansChannel } from "../plans/index.ts";
import type { DeploymentRow } from "./deployment.ts";
import { listDeployments } from "./deployment-store.ts";
import { putGateway } from "./gateway-store.ts";
import { addProfileWindows } from "./profile-window-store.ts";
import { profilesOf, readCounts } from "./profile-windows.ts";
import { countForSteps } from "./rollout-steps-store.ts";
import { fromGateway, mergeWindows, windowSeconds } from "./traffic.ts";
import { addWindows, claimWindows } from "./traffic-store.ts";

/**
 * Takes what a gateway says: how far its releases are, and what it counted. A window counts once however often it is
 * sent, and is acknowledged every time; one of a deployment that is gone is acknowledged too, or it would come forever.
 */
export async function ingestReport(ctx: Ctx, report: GatewayReport): Promise<GatewayReportAnswer> {
  return inTransaction(ctx, async (ctx) => {
    const isNews = await putGateway(ctx, report);
    // Whoever waits for a release to become ready looks again.
    if (isNews) ctx.afterCommit(() => ctx.database.notify(plansChannel));
    const acknowledged = report.windows.map(({ windowId }) => windowId);
    if (acknowledged.length === 0 && !isNews) return { acknowledged };

    const fresh = await claimWindows(ctx, acknowledged);
    const counted = new Set<string>();
    const windows = report.windows.filter(
      ({ windowId }) => fresh.has(windowId) && !counted.has(windowId) && counted.add(windowId),
    );
    const deployments = new Map((await listDeployments(ctx)).map((deployment) => [deployment.id, deployment]));
    const known = windows.filter(({ deploymentId }) => deployments.has(deploymentId)).map(fromGateway);
    await addWindows(ctx, mergeWindows(known, windowSeconds));
    await countForSteps(ctx, known);

    await addCounts(ctx, report.gatewayId, windows, deployments);

    const touched = new Set([...windows, ...(isNews ? report.releases : [])].map(({ deploymentId }) => deploymentId));
    for (const id of touched) {
      const deployment = deployments.get(id);
      if (!deployment) continue;
      ctx.hint(topics.traffic(deployment.project, deployment.environment, deployment.name));
      if (isNews) ctx.hint(topics.deployment(deployment.project, deployment.environment, deployment.name));
    }
    return { acknowledged };
  });
}

/** What a gateway got wrong costs those counts and nothing else: sent again, they would be as wrong. */
async function addCounts(
  ctx: Ctx,
  gatewayId: string,
  windows: GatewayReport["windows"],
  deployments: ReadonlyMap<string, DeploymentRow>,
): Promise<void> {
  const entries = windows.flatMap(({ deploymentId, releaseId, start, counts = [] }) => {
    const deployment = deployments.get(deploymentId);
    return deployment ? counts.map((entry) => ({ deployment, releaseId, start: new Date(start), entry })) : [];
  });
  if (entries.length === 0) return;
  const projectIds = new Set(entries.map(({ deployment }) => deployment.projectId));
  const profileIds = new Set(profilesOf(entries.map(({ entry }) => entry)));
  const sizes = await sizesOfCounts(ctx, [...projectIds], [...profileIds]);
  const problems = new Set<string>();
  const counted = entries.flatMap(({ deployment, releaseId, start, entry }) => {
    const read = readCounts(entry, sizes);
    if ("counts" in read) return [{ deploymentId: deployment.id, releaseId, start, counts: read.counts }];
    problems.add(read.problem);
    return [];
  });
  if (problems.size > 0) ctx.log.warn({ gatewayId, problems: [...problems].slice(0, 3) }, "counts were refused");
  await addProfileWindows(ctx, counted);
}
