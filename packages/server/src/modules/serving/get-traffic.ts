import type { Traffic } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import type { DeploymentRow, ReleaseRow, RolloutRow } from "./deployment.ts";
import { findReleases } from "./release-store.ts";
import { listRolloutsSince } from "./rollout-store.ts";
import { chartSeconds, mergeWindows, quantiles } from "./traffic.ts";
import { listWindows } from "./traffic-store.ts";

/** Requests, errors and latency by release, in windows that suit a chart of so many minutes. */
export async function getTraffic(ctx: Ctx, deployment: DeploymentRow, minutes: number): Promise<Traffic> {
  const seconds = chartSeconds(minutes);
  const since = new Date(ctx.clock.now().getTime() - minutes * 60_000);
  const windows = mergeWindows(await listWindows(ctx, { deploymentIds: [deployment.id], since }), seconds);
  const releases = await findReleases(ctx, [...new Set(windows.map(({ releaseId }) => releaseId))]);
  const series = [...releases.values()]
    .sort((a, b) => a.number - b.number)
    .map((release) => ({
      modelVersion: String(release.modelVersion),
      release: release.number,
      points: windows
        .filter(({ releaseId }) => releaseId === release.id)
        .map((window) => ({
          start: window.start.toISOString(),
          requests: window.requests,
          rows: window.rows,
          errors4xx: window.errors4xx,
          errors5xx: window.errors5xx,
          ...quantiles(window),
        })),
    }));
  const rollouts = await listRolloutsSince(ctx, deployment.id, since);
  const named = await findReleases(ctx, [...new Set(rollouts.map(({ releaseId }) => releaseId))]);
  const markers = rollouts.map((rollout) => ({
    at: (rollout.finishedAt ?? rollout.startedAt).toISOString(),
    text: markerText(rollout, named.get(rollout.releaseId)),
  }));
  return { windowSeconds: seconds, series, markers };
}

function markerText({ kind, releaseNumber }: RolloutRow, release: ReleaseRow | undefined): string {
  const version = release ? `: ${release.model} version ${release.modelVersion}` : "";
  return `${kind === "rollback" ? "Back to release" : "Release"} ${releaseNumber}${version}`;
}
