import {
  type AttemptIsolation,
  type Deployment,
  type DeploymentDetail,
  isRolloutOpen,
  type PrincipalRef,
  type Release,
  type RolloutSummary,
} from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { must } from "../../kernel/pave-error.ts";
import { can, principalRefs } from "../access/index.ts";
import type { DeploymentRow, ReleaseRow, RolloutRow } from "./deployment.ts";
import { type GatewayRow, listLiveGateways } from "./gateway-store.ts";
import { healthOf } from "./health.ts";
import { readinessOf } from "./readiness.ts";
import { findReleases, listReleases } from "./release-store.ts";
import { latestRollouts } from "./rollout-store.ts";
import { addTraffic, type Counts, noTraffic, quantiles } from "./traffic.ts";
import { listWindows } from "./traffic-store.ts";

const nowMinutes = 5;

export interface ShowDeps {
  /** Where gateways can be called. */
  gatewayUrl(): string;
  /** Signature and example of a model version, for those who want to call it. */
  modelInterface(
    ctx: Ctx,
    model: string,
    version: number,
  ): Promise<Pick<DeploymentDetail, "signature" | "inputExample">>;
}

/** Everything that the deployments of a page have in common, read once. */
interface Surroundings {
  readonly gateways: readonly GatewayRow[];
  readonly releases: ReadonlyMap<string, ReleaseRow>;
  readonly rollouts: ReadonlyMap<string, RolloutRow>;
  readonly traffic: ReadonlyMap<string, Counts>;
  readonly people: ReadonlyMap<string, PrincipalRef>;
  readonly gatewayUrl: string;
}

export async function showDeployments(deps: ShowDeps, ctx: Ctx, rows: readonly DeploymentRow[]): Promise<Deployment[]> {
  const surroundings = await lookAround(deps, ctx, rows, []);
  return rows.map((row) => toDeployment(row, surroundings));
}

export async function showDeployment(deps: ShowDeps, ctx: Ctx, row: DeploymentRow): Promise<DeploymentDetail> {
  const releases = await listReleases(ctx, row.id);
  const surroundings = await lookAround(deps, ctx, [row], releases);
  const deployment = toDeployment(row, surroundings);
  const active = releases.find(({ id }) => id === row.activeReleaseId);
  const contact = active
    ? await deps.modelInterface(ctx, active.model, active.modelVersion)
    : { signature: null, inputExample: null };
  return {
    ...deployment,
    releases: releases.map((release) => toRelease(release, surroundings.people)),
    slo: active?.configuration.slo ?? {},
    ...contact,
    isolation: isolationOf(surroundings.gateways, row.activeReleaseId),
    curl: curlLine(deployment.url, contact.inputExample),
    rollback: await rollbackOf(ctx, row, releases, surroundings.rollouts.get(row.id)),
  };
}

/** As the first gateway tells that has its process. */
const isolationOf = (gateways: readonly GatewayRow[], releaseId: string | null): AttemptIsolation | null =>
  gateways.flatMap(({ releases }) => releases).find((status) => status.releaseId === releaseId && status.isolation)
    ?.isolation ?? null;

async function lookAround(
  deps: ShowDeps,
  ctx: Ctx,
  rows: readonly DeploymentRow[],
  more: readonly ReleaseRow[],
): Promise<Surroundings> {
  const ids = rows.map(({ id }) => id);
  const mentioned = rows.flatMap(({ activeReleaseId, serving }) => [
    ...(activeReleaseId ? [activeReleaseId] : []),
    ...serving.weights.map(({ releaseId }) => releaseId),
  ]);
  const releases = await findReleases(ctx, [...new Set(mentioned)]);
  const gateways = await listLiveGateways(ctx);
  return {
    gateways,
    releases,
    rollouts: await latestRollouts(ctx, ids),
    traffic: await recentTraffic(ctx, ids),
    people: await principalRefs(
      ctx,
      [...releases.values(), ...more].map(({ createdById }) => createdById),
    ),
    gatewayUrl: deps.gatewayUrl().replace(/\/+$/, ""),
  };
}

async function recentTraffic(ctx: Ctx, deploymentIds: readonly string[]): Promise<Map<string, Counts>> {
  const since = new Date(ctx.clock.now().getTime() - nowMinutes * 60_000);
  const traffic = new Map<string, Counts>();
  for (const window of await listWindows(ctx, { deploymentIds, since })) {
    traffic.set(window.deploymentId, addTraffic(traffic.get(window.deploymentId) ?? noTraffic(), window));
  }
  return traffic;
}

function toDeployment(row: DeploymentRow, around: Surroundings): Deployment {
  const active = row.activeReleaseId === null ? undefined : around.releases.get(row.activeReleaseId);
  const rollout = around.rollouts.get(row.id);
  const now = around.traffic.get(row.id) ?? noTraffic();
  return {
    id: row.id,
    project: row.project,
    environment: row.environment,
    name: row.name,
    kind: row.kind,
    ...healthOf({
      isReleased: active !== undefined,
      readiness: readinessOf(around.gateways, row.id, row.activeReleaseId ?? ""),
      now,
      slo: active?.configuration.slo ?? {},
    }),
    url: `${around.gatewayUrl}/${row.environment}/${row.project}/${row.name}`,
    active: active ? toRelease(active, around.people) : null,
    rollout: rollout ? toRolloutSummary(rollout) : null,
    weights: row.serving.weights.flatMap(({ releaseId, weight }) => {
      const release = around.releases.get(releaseId);
      return release ? [{ release: release.number, modelVersion: String(release.modelVersion), weight }] : [];
    }),
    now: {
      requestsPerMinute: Math.round((now.requests / nowMinutes) * 10) / 10,
      errorRate: now.requests === 0 ? 0 : now.errors5xx / now.requests,
      ...quantiles(now),
    },
    updatedAt: row.updatedAt.toISOString(),
  };
}

export const toRolloutSummary = (row: RolloutRow): RolloutSummary => ({
  id: row.id,
  number: row.number,
  release: row.releaseNumber,
  kind: row.kind,
  state: row.state,
  step: stepOf(row),
  startedAt: row.startedAt.toISOString(),
  finishedAt: row.finishedAt?.toISOString() ?? null,
  message: row.message,
});

function stepOf({ state, settings, step }: RolloutRow): RolloutSummary["step"] {
  if (settings === null || (state !== "stepping" && state !== "paused")) return null;
  return { number: step + 1, of: settings.canary.length, weight: settings.canary[step] ?? 100 };
}

const toRelease = (row: ReleaseRow, people: ReadonlyMap<string, PrincipalRef>): Release => ({
  id: row.id,
  number: row.number,
  state: row.state,
  model: row.model,
  modelVersion: String(row.modelVersion),
  revision: { id: row.revisionId, number: row.revisionNumber },
  plan: { number: row.planNumber ?? 0 },
  pythonEnvironment: row.configuration.pythonEnvironment ?? null,
  createdAt: row.createdAt.toISOString(),
  activatedAt: row.activatedAt?.toISOString() ?? null,
  endedAt: row.endedAt?.toISOString() ?? null,
  createdBy: must(people.get(row.createdById), `principal ${row.createdById}`),
  message: row.message,
});

/** The release to go back to: the last one that was active before the one that is. */
export function previousRelease(
  row: Pick<DeploymentRow, "activeReleaseId">,
  releases: readonly ReleaseRow[],
): ReleaseRow | undefined {
  return releases
    .filter(
      ({ id, activatedAt, state }) =>
        id !== row.activeReleaseId && activatedAt !== null && state !== "rolled-back" && state !== "failed",
    )
    .sort((a, b) => (b.activatedAt?.getTime() ?? 0) - (a.activatedAt?.getTime() ?? 0))[0];
}

async function rollbackOf(
  ctx: Ctx,
  row: DeploymentRow,
  releases: readonly ReleaseRow[],
  rollout: RolloutRow | undefined,
): Promise<DeploymentDetail["rollback"]> {
  const target = previousRelease(row, releases);
  const toModelVersion = target ? String(target.modelVersion) : null;
  const no = (reason: string) => ({ allowed: false, toModelVersion, reason });
  if (!target) return no("There is no earlier release to go back to.");
  if (rollout && isRolloutOpen(rollout.state))
    return no(rollout.kind === "rollback" ? "A rollback is on already." : "A rollout is on; it can be aborted.");
  if (!(await can(ctx, "deployment.rollback", row.projectId)))
    return no("You lack the permission deployment.rollback on this project.");
  return { allowed: true, toModelVersion, reason: null };
}

/** Works as printed once `PAVE_TOKEN` is set. */
function curlLine(url: string, example: unknown): string {
  const body = JSON.stringify(example ?? {}).replaceAll("'", "'\\''");
  return `curl -s ${url}/predict -H "Authorization: Bearer $PAVE_TOKEN" -H "content-type: application/json" -d '${body}'`;
}
