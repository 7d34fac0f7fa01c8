/**
 * One round of watching: a monitor for each online deployment that serves, judged when its window has rows enough. A
 * round costs a count of rows for each deployment; what the rows were is read when a window ends.
 */

import { topics } from "@pave/contract";
import { type ColumnJudgement, defaultDriftPolicy, judgeWindow, type WindowJudgement } from "@pave/contract/drift";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { profileStates } from "../models/index.ts";
import {
  countRowsBetween,
  countsBetween,
  type DeploymentRow,
  findReleases,
  listDeployments,
  type ReleaseRow,
} from "../serving/index.ts";
import { eachApart } from "./each-apart.ts";
import { driftAlerts, endedDrift, type RecentJudgement } from "./found-alert.ts";
import {
  beginMonitor,
  endMonitor,
  keepJudgement,
  listMonitors,
  lockMonitor,
  type MonitorRow,
  moveWindow,
  setMonitorState,
} from "./monitor-store.ts";
import { raiseAlerts, resolveAlerts } from "./raise-alerts.ts";
import { grainOf, type WatchRules, windowEnd } from "./window-rules.ts";

export interface WatchDeps {
  /** The rules in the spec of the revision that a release came from. */
  rulesOf(ctx: Ctx, projectId: string, revisionId: string): Promise<WatchRules>;
}

export async function watchDeployments(deps: WatchDeps, ctx: Ctx): Promise<void> {
  const deployments = (await listDeployments(ctx)).filter(({ kind }) => kind === "online");
  const serving = deployments.filter(({ activeReleaseId }) => activeReleaseId !== null);
  const releases = await findReleases(
    ctx,
    serving.map(({ activeReleaseId }) => activeReleaseId ?? ""),
  );
  const monitors = new Map((await listMonitors(ctx)).map((monitor) => [monitor.deploymentId, monitor]));
  const about = ({ id }: DeploymentRow) => ({ deployment: id });
  await eachApart(ctx, serving, about, async (deployment) => {
    const release = releases.get(deployment.activeReleaseId ?? "");
    if (!release) return;
    const monitor = monitors.get(deployment.id);
    monitors.delete(deployment.id);
    if (monitor?.releaseId === release.id) await watch(deps, ctx, deployment, release, monitor);
    else await begin(ctx, deployment, release, monitor);
  });
  for (const { deploymentId } of monitors.values()) await end(ctx, deploymentId);
}

/** Another release is live: what was found of the one before is no longer so. */
async function begin(
  ctx: Ctx,
  deployment: DeploymentRow,
  release: ReleaseRow,
  before: MonitorRow | undefined,
): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    await beginMonitor(ctx, {
      ...{ deploymentId: deployment.id, projectId: deployment.projectId, releaseId: release.id },
      since: grainOf(release.activatedAt ?? ctx.clock.now()),
      ...(await withoutWindow(ctx, release)),
    });
    if (before) await resolveAlerts(ctx, deployment.id, driftKinds, `release ${release.number} is live now`);
    hint(ctx, deployment);
  });
}

async function end(ctx: Ctx, deploymentId: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    await resolveAlerts(ctx, deploymentId, [...driftKinds, "availability", "latency"], "nothing is released here now");
    await endMonitor(ctx, deploymentId);
  });
}

const driftKinds = ["inputs", "predictions"] as const;

/** What is to be said before any window was judged. */
async function withoutWindow(ctx: Ctx, release: ReleaseRow): Promise<Pick<MonitorRow, "state" | "reason">> {
  const [profile] = await profileStates(ctx, [{ model: release.model, version: release.modelVersion }]);
  if (profile?.state === "ready") return { state: "too-few-rows", reason: "no window has been judged yet" };
  const reasons = { making: "the reference profile is being made", failed: profile?.message ?? "" };
  const reason = profile ? reasons[profile.state as keyof typeof reasons] : undefined;
  return { state: "no-reference", reason: reason || "this version of the model has no reference profile" };
}

async function watch(
  deps: WatchDeps,
  ctx: Ctx,
  deployment: DeploymentRow,
  release: ReleaseRow,
  monitor: MonitorRow,
): Promise<void> {
  if (monitor.judgement === null) await sayWhatIsMissing(ctx, deployment, release, monitor);
  const { window, policy } = await deps.rulesOf(ctx, deployment.projectId, release.revisionId);
  const key = { deploymentId: deployment.id, releaseId: release.id };
  const due = await windowEnd(
    monitor.since,
    ctx.clock.now(),
    (to) => countRowsBetween(ctx, { ...key, from: monitor.since, to }),
    window,
  );
  if (!due) return;
  await inTransaction(ctx, async (ctx) => {
    const locked = await lockMonitor(ctx, deployment.id);
    if (locked?.releaseId !== release.id || locked.since.getTime() !== monitor.since.getTime()) return;
    const counts = await countsBetween(ctx, { ...key, from: locked.since, to: due.end });
    // nothing came: no window of its own, or a quiet endpoint would fill its history with nothing
    if (!counts) return moveWindow(ctx, deployment.id, due.end);
    const judgement = judgeWindow(counts, { policy, recent: locked.recent });
    const recent = [...locked.recent, judged(judgement)].slice(-keptJudgements);
    await keepJudgement(ctx, locked, { from: locked.since, to: due.end, judgement, recent });
    const place = { projectId: deployment.projectId, ...key };
    await raiseAlerts(ctx, place, driftAlerts(judgement, pathOf(deployment)));
    const kinds = [...endedDrift(judgement, locked.recent, policy)];
    await resolveAlerts(ctx, deployment.id, kinds, "nothing of it was found in the last windows");
    hint(ctx, deployment);
  });
}

/** Windows that could not be judged count for nothing later, so more are kept than are looked at. */
const keptJudgements = defaultDriftPolicy.persistence.of * 2;

/** What later windows ask of this one. */
function judged({ columns, prediction }: WindowJudgement): RecentJudgement {
  const short = (column: ColumnJudgement): ColumnJudgement => ({ ...column, comparison: null, reason: "" });
  return { columns: columns.map(short), prediction: prediction && short(prediction) };
}

async function sayWhatIsMissing(
  ctx: Ctx,
  deployment: DeploymentRow,
  release: ReleaseRow,
  monitor: MonitorRow,
): Promise<void> {
  const now = await withoutWindow(ctx, release);
  if (now.state === monitor.state && now.reason === monitor.reason) return;
  await setMonitorState(ctx, monitor.deploymentId, now);
  hint(ctx, deployment);
}

export const pathOf = ({ environment, name }: DeploymentRow): string => `${environment}/${name}`;

const hint = (ctx: Ctx, { project, environment, name }: DeploymentRow): void =>
  ctx.hint(topics.monitoring(project), topics.deployment(project, environment, name));
