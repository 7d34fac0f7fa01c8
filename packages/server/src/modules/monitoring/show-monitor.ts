import type { Monitor, MonitorDetail, MonitoredColumn } from "@pave/contract";
import {
  type ColumnCounts,
  type ColumnJudgement,
  type ColumnProfile,
  cellLabels,
  judgeWindow,
  type ReferenceProfile,
  referenceCounts,
  WindowCounts,
} from "@pave/contract/drift";
import type { Ctx } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { findProfile, profileStates } from "../models/index.ts";
import {
  countRowsBetween,
  countsBetween,
  type DeploymentRow,
  findDeployment,
  findReleases,
  listDeployments,
  type ReleaseRow,
} from "../serving/index.ts";
import { countUnresolved } from "./alert-store.ts";
import { listJudgedWindows, listMonitors, type MonitorRow } from "./monitor-store.ts";
import type { WatchDeps } from "./watch-deployments.ts";
import type { WatchRules } from "./window-rules.ts";

interface Watched {
  readonly deployment: DeploymentRow;
  readonly monitor: MonitorRow | undefined;
  readonly release: ReleaseRow | undefined;
}

/** Of all online deployments of a project; one that the next round begins to watch is there already. */
export async function showMonitors(deps: WatchDeps, ctx: Ctx, projectId: string): Promise<Monitor[]> {
  const watched = await findWatched(
    ctx,
    (await listDeployments(ctx, { projectId })).filter(({ kind }) => kind === "online"),
  );
  const alerts = await countUnresolved(
    ctx,
    watched.map(({ deployment }) => deployment.id),
  );
  const shown: Monitor[] = [];
  for (const one of watched) shown.push(await toMonitor(deps, ctx, one, alerts.get(one.deployment.id) ?? 0));
  return shown;
}

async function findWatched(ctx: Ctx, deployments: readonly DeploymentRow[]): Promise<Watched[]> {
  const monitors = await listMonitors(ctx, { deploymentIds: deployments.map(({ id }) => id) });
  const releases = await findReleases(
    ctx,
    monitors.map(({ releaseId }) => releaseId),
  );
  return deployments.map((deployment) => {
    const monitor = monitors.find(({ deploymentId }) => deploymentId === deployment.id);
    return { deployment, monitor, release: monitor && releases.get(monitor.releaseId) };
  });
}

async function toMonitor(
  deps: WatchDeps,
  ctx: Ctx,
  { deployment, monitor, release }: Watched,
  alerts: number,
): Promise<Monitor> {
  const rules = release && (await deps.rulesOf(ctx, deployment.projectId, release.revisionId));
  return {
    environment: deployment.environment,
    deployment: deployment.name,
    release: release?.number ?? null,
    model: release?.model ?? null,
    modelVersion: release ? String(release.modelVersion) : null,
    state: monitor?.state ?? "no-reference",
    reason:
      monitor?.reason ?? (deployment.activeReleaseId === null ? "nothing is released here yet" : "begins shortly"),
    window: monitor && rules && monitor.state !== "no-reference" ? await openWindow(ctx, monitor, rules) : null,
    judgedAt: monitor?.judgedTo?.toISOString() ?? null,
    alerts,
    slo: [...(monitor?.slo ?? [])],
  };
}

async function openWindow(
  ctx: Ctx,
  { deploymentId, releaseId, since }: MonitorRow,
  { window }: WatchRules,
): Promise<Monitor["window"]> {
  return {
    since: since.toISOString(),
    rows: await countRowsBetween(ctx, { deploymentId, releaseId, from: since, to: later(ctx) }),
    neededRows: window.rows,
    judgedBy: new Date(since.getTime() + window.longestMs).toISOString(),
  };
}

/** Clocks of gateways may be ahead. */
const later = (ctx: Ctx) => new Date(ctx.clock.now().getTime() + 60_000);

export async function showMonitor(
  deps: WatchDeps,
  ctx: Ctx,
  key: { projectId: string; environment: string; name: string },
): Promise<MonitorDetail> {
  const deployment = await findDeployment(ctx, key);
  if (deployment?.kind !== "online") {
    throw new PaveError(
      "deployment.not_found",
      `There is no deployment ${key.environment}/${key.name} in this project`,
      {
        fix: "See `pave monitors list` for those there are",
      },
    );
  }
  const [watched] = await findWatched(ctx, [deployment]);
  const { monitor, release } = watched ?? {};
  const alerts = (await countUnresolved(ctx, [deployment.id])).get(deployment.id) ?? 0;
  const version = release && { model: release.model, version: release.modelVersion };
  const profile = version && (await findProfile(ctx, version));
  const [state] = version ? await profileStates(ctx, [version]) : [];
  const windows = await listJudgedWindows(ctx, deployment.id, 100);
  const rules = release && (await deps.rulesOf(ctx, deployment.projectId, release.revisionId));
  return {
    ...(await toMonitor(deps, ctx, { deployment, monitor, release }, alerts)),
    reference: {
      state: state?.state ?? "none",
      message: state?.message ?? "",
      rows: profile?.rows ?? 0,
      predictions: state?.predictionSource ?? "none",
    },
    thresholds: rules ? thresholdsOf(rules) : null,
    ...(monitor && rules && profile ? await shownWindow(ctx, monitor, profile, rules) : nothingShown),
    windows: windows.map(({ start, end, ...window }) => ({
      ...window,
      start: start.toISOString(),
      end: end.toISOString(),
    })),
  };
}

const thresholdsOf = ({ policy: { psi, missing, unseen, persistence } }: WatchRules) => ({
  ...{ psi, missing, unseen },
  ...persistence,
});

const nothingShown = { shown: null, prediction: null, columns: [] };

/** The last window that was judged; before there is one, what the open window holds so far. */
async function shownWindow(
  ctx: Ctx,
  monitor: MonitorRow,
  profile: ReferenceProfile,
  { policy }: WatchRules,
): Promise<Pick<MonitorDetail, "shown" | "prediction" | "columns">> {
  const { deploymentId, releaseId, judgedFrom, judgedTo, since } = monitor;
  const isJudged = monitor.judgement !== null && judgedFrom !== null && judgedTo !== null;
  const [from, to] = isJudged ? [judgedFrom, judgedTo] : [since, later(ctx)];
  const counts = (await countsBetween(ctx, { deploymentId, releaseId, from, to })) ?? new WindowCounts(profile);
  const judgement = monitor.judgement ?? judgeWindow(counts, { policy });
  const columnsByName = new Map(profile.columns.map((column) => [column.name, column]));
  const columns = judgement.columns.flatMap((judged) => {
    const [column, window] = [columnsByName.get(judged.column), counts.column(judged.column)];
    return column && window ? [toColumn(column, window, judged)] : [];
  });
  const prediction = counts.prediction();
  return {
    shown: {
      from: from.toISOString(),
      to: (isJudged ? to : ctx.clock.now()).toISOString(),
      rows: counts.rows,
      isJudged,
    },
    prediction:
      profile.prediction && prediction && judgement.prediction
        ? toColumn(profile.prediction, prediction, judgement.prediction)
        : null,
    columns,
  };
}

type Cells = MonitoredColumn["cells"];

const mostCells = 24;

function toColumn(column: ColumnProfile, window: ColumnCounts, judged: ColumnJudgement): MonitoredColumn {
  const before = referenceCounts(column);
  const labels = [...cellLabels(column), "never seen"];
  const cells = labels.map((label, cell) => ({
    label,
    reference: shareOf(before, cell),
    traffic: shareOf(window, cell),
  }));
  return {
    column: judged.column,
    kind: column.kind,
    status: judged.status,
    reason: judged.reason,
    effect: judged.comparison?.effect ?? null,
    chance: judged.comparison?.chancePsi ?? null,
    rows: judged.rows,
    missing: { reference: column.rows === 0 ? null : column.missing / column.rows, traffic: judged.missingRate },
    ...fewer(cells, column.kind),
    means: { reference: before.numbers?.mean ?? null, traffic: window.numbers?.mean ?? null },
  };
}

const shareOf = ({ bins, unseen, present }: ColumnCounts, cell: number): number =>
  present === 0 ? 0 : (cell < bins.length ? (bins[cell] ?? 0) : unseen) / present;

/** Empty ends are left out; of many categories those with most rows on either side stay, and the rest is only summed up. */
function fewer(cells: Cells, kind: ColumnProfile["kind"]): Pick<MonitoredColumn, "cells" | "rest"> {
  const isFilled = ({ reference, traffic }: Cells[number]) => reference > 0 || traffic > 0;
  const [first, last] = [cells.findIndex(isFilled), cells.findLastIndex(isFilled)];
  if (kind === "numeric") return { cells: cells.slice(Math.max(0, first), last + 1), rest: null };
  const filled = cells.filter(isFilled);
  if (filled.length <= mostCells) return { cells: filled, rest: null };
  const weight = (cell: Cells[number]) => Math.max(cell.reference, cell.traffic);
  const limit = filled.map(weight).toSorted((a, b) => b - a)[mostCells - 1] ?? 0;
  const kept = filled.filter((cell) => weight(cell) >= limit).slice(0, mostCells);
  const rest = filled.filter((cell) => !kept.includes(cell));
  const sum = (side: "reference" | "traffic") => rest.reduce((total, cell) => total + cell[side], 0);
  return { cells: kept, rest: { categories: rest.length, reference: sum("reference"), traffic: sum("traffic") } };
}
