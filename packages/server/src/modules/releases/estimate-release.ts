import type { PlanEstimate } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { getVersion, type ModelVersionRow } from "../models/index.ts";
import { countLiveGateways, findReleases, measureTraffic } from "../serving/index.ts";
import {
  costOf,
  estimateServing,
  gramsOf,
  type LoadedModel,
  type MeasuredTraffic,
  type ServedDeployment,
} from "../usage/index.ts";
import type { Live, Target } from "./release-targets.ts";
import type { ReleasesDeps } from "./releases-deps.ts";

export interface EstimateRelease {
  /** Those that the plan changes. */
  readonly targets: readonly Target[];
  readonly live: Live;
  /** That scored champions for it. */
  readonly evaluationRuns: readonly string[];
}

/** What the deployments of the plan take in a month, from what Pave has measured so far. Read only; nothing depends on it. */
export async function estimateRelease(deps: ReleasesDeps, ctx: Ctx, input: EstimateRelease): Promise<PlanEstimate> {
  const deployments: ServedDeployment[] = [];
  for (const target of input.targets) deployments.push(await servedBy(ctx, target, input.live));
  const { rates, processesPerGateway } = deps.estimates;
  const gatewayProcesses = Math.max(1, await countLiveGateways(ctx)) * processesPerGateway;
  return {
    ...estimateServing({ deployments, gatewayProcesses, rates }),
    once: await evaluationsTook(deps, ctx, input.evaluationRuns),
  };
}

const noTraffic: MeasuredTraffic = { requests: 0, rows: 0, totalMs: 0, days: 1 };

/** What gateways hold of the deployment now, and after the release: the new version, and the live one for the way back. */
async function servedBy(ctx: Ctx, { name, version }: Target, live: Live): Promise<ServedDeployment> {
  const running = live.get(name);
  if (!running) return { now: [], after: [toLoaded(version)], traffic: noTraffic };
  const { deployment, release } = running;
  const held = await findReleases(
    ctx,
    deployment.serving.releases.map(({ releaseId }) => releaseId),
  );
  const serving = toLoaded(await getVersion(ctx, release.model, release.modelVersion));
  const kept: LoadedModel[] = [];
  for (const { id, model, modelVersion } of held.values())
    if (id !== release.id) kept.push(toLoaded(await getVersion(ctx, model, modelVersion)));
  return {
    now: [serving, ...kept],
    after: [toLoaded(version), serving],
    traffic: await measureTraffic(ctx, deployment.id),
  };
}

const toLoaded = ({ model, version, check }: ModelVersionRow): LoadedModel => ({
  name: `${model} version ${version}`,
  heldBytes: check?.heldBytes ?? null,
  rowMs: check?.p50Ms ?? null,
});

async function evaluationsTook(deps: ReleasesDeps, ctx: Ctx, runIds: readonly string[]): Promise<PlanEstimate["once"]> {
  const { rates } = deps.estimates;
  const usages = await Promise.all(runIds.map((runId) => deps.pipelines.runUsage(ctx, runId)));
  const used = usages.filter((usage) => usage !== null);
  if (used.length === 0) return null;
  return {
    costUsd: used.reduce((sum, usage) => sum + costOf(usage, rates), 0),
    gramsCo2e: used.reduce((sum, usage) => sum + gramsOf(usage.energyJoules, rates), 0),
  };
}
