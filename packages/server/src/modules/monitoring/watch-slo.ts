import { latencyBucketsMs, topics } from "@pave/contract";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { findReleases, listDeployments, type SloWindow, sumForSlo } from "../serving/index.ts";
import { burnWindows, objectivesOf, type SloCounts, sloStatus } from "./burn-rate.ts";
import { eachApart } from "./each-apart.ts";
import { sloAlert } from "./found-alert.ts";
import { keepSlo, listMonitors } from "./monitor-store.ts";
import { raiseAlerts, resolveAlerts } from "./raise-alerts.ts";
import { pathOf } from "./watch-deployments.ts";

const spans = [...new Set(burnWindows.flatMap(({ longMinutes, shortMinutes }) => [longMinutes, shortMinutes]))];
const nothing: SloCounts = { requests: 0, failed: 0, slow: 0 };

/** One round: how fast each monitored deployment burns the budgets of its objectives. One scan of three days each. */
export async function watchSlo(ctx: Ctx): Promise<void> {
  const monitors = await listMonitors(ctx);
  const releases = await findReleases(
    ctx,
    monitors.map(({ releaseId }) => releaseId),
  );
  const deployments = new Map((await listDeployments(ctx)).map((deployment) => [deployment.id, deployment]));
  const about = ({ deploymentId }: (typeof monitors)[number]) => ({ deployment: deploymentId });
  await eachApart(ctx, monitors, about, async ({ deploymentId, projectId, releaseId }) => {
    const [release, deployment] = [releases.get(releaseId), deployments.get(deploymentId)];
    if (!release || !deployment) return;
    const objectives = objectivesOf(release.configuration.slo);
    const p99Ms = release.configuration.slo.p99Ms;
    const sums = objectives.length > 0 ? await sumForSlo(ctx, deploymentId, spans, slowBucket(p99Ms)) : [];
    const countsOf = (minutes: number): SloCounts => sums.find((sum: SloWindow) => sum.minutes === minutes) ?? nothing;
    const statuses = objectives.map((objective) => sloStatus(objective, countsOf));
    await inTransaction(ctx, async (ctx) => {
      await keepSlo(ctx, deploymentId, statuses);
      const found = statuses.flatMap((status) => sloAlert(status, pathOf(deployment)) ?? []);
      await raiseAlerts(ctx, { projectId, deploymentId, releaseId }, found);
      const quiet = (["availability", "latency"] as const).filter((kind) => found.every((one) => one.kind !== kind));
      await resolveAlerts(ctx, deploymentId, quiet, "the budget no longer burns too fast");
    });
    ctx.hint(topics.monitoring(deployment.project));
  });
}

/** The first bucket all of whose requests took longer; without an objective none. */
function slowBucket(p99Ms: number | undefined): number {
  if (p99Ms === undefined) return latencyBucketsMs.length + 1;
  const holding = latencyBucketsMs.findIndex((bound) => bound >= p99Ms);
  return holding < 0 ? latencyBucketsMs.length + 1 : holding + 1;
}
