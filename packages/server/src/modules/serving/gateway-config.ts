import type { GatewayConfig, GatewayEndpoint, GatewayKey, RemoteFile } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { digestOfJson } from "../../kernel/json.ts";
import type { PredictKey } from "../access/index.ts";
import { predictKeys } from "../access/index.ts";
import { type ServedProfile, servedProfiles } from "../models/index.ts";
import type { DeploymentRow, ReleaseFile, ReleaseRow } from "./deployment.ts";
import { configVersion, listDeployments, noteKeys } from "./deployment-store.ts";
import { findReleases } from "./release-store.ts";
import { type ForcedRedaction, forcedRedaction, requestLogRule } from "./request-log-rule.ts";
import type { Wait } from "./wait.ts";

export interface GatewayConfigDeps {
  /** Signed URLs for the files of a model. */
  remoteFiles(files: readonly ReleaseFile[]): readonly RemoteFile[];
  /** Waits for a hint that the config has changed. */
  readonly wait: Wait;
}

/** Tokens expire, and a process that changed them may die, without a hint: while a gateway waits, keys are looked at this often. */
const keysEveryMs = 500;

/** The config once its version is not `after`; undefined when the wait is over. */
export async function getGatewayConfig(
  deps: GatewayConfigDeps,
  ctx: Ctx,
  input: { after: number; waitSeconds: number },
  signal: AbortSignal,
): Promise<GatewayConfig | undefined> {
  const deadline = performance.now() + input.waitSeconds * 1000;
  while (!signal.aborted) {
    const hint = deps.wait.next();
    await noteGatewayKeys(ctx);
    // Read before what it numbers: content, keys among it, may be newer than its number, never older.
    const { version } = await configVersion(ctx);
    if (version !== input.after) return buildConfig(deps, ctx, version, await predictKeys(ctx));
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) return undefined;
    await hint.within(Math.min(leftMs, keysEveryMs), signal);
  }
  return undefined;
}

/** The keys of this moment, and what environments keep out of the log; others than before make a new version of the config. */
export async function noteGatewayKeys(ctx: Ctx): Promise<void> {
  const keys = await predictKeys(ctx);
  const sorted = keys.map((key) => ({ ...key })).sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
  const forced = [...(await forcedRedaction(ctx))].filter(([, redact]) => redact.length > 0);
  await noteKeys(ctx, digestOfJson(forced.length === 0 ? sorted : { keys: sorted, forced }));
}

async function buildConfig(
  deps: GatewayConfigDeps,
  ctx: Ctx,
  version: number,
  keys: readonly PredictKey[],
): Promise<GatewayConfig> {
  const deployments = (await listDeployments(ctx)).filter(({ kind }) => kind === "online");
  const releases = await findReleases(
    ctx,
    deployments.flatMap(({ serving }) => serving.releases.map(({ releaseId }) => releaseId)),
  );
  const forced = await forcedRedaction(ctx);
  const profiles = await servedProfiles(
    ctx,
    [...releases.values()].map(({ model, modelVersion }) => ({ model, version: modelVersion })),
  );
  return {
    version,
    endpoints: deployments.map((deployment) => endpointOf(deps, deployment, releases, forced, profiles)),
    keys: keys.map((key) => keyOf(key, deployments)),
  };
}

function endpointOf(
  deps: GatewayConfigDeps,
  deployment: DeploymentRow,
  releases: ReadonlyMap<string, ReleaseRow>,
  forced: ForcedRedaction,
  profiles: readonly ServedProfile[],
): GatewayEndpoint {
  const { serving } = deployment;
  const profileOf = (release: ReleaseRow | undefined) =>
    profiles.find(({ model, version }) => model === release?.model && version === release.modelVersion);
  const comparison = profileOf(releases.get(serving.stableReleaseId ?? ""))?.comparison;
  return {
    deploymentId: deployment.id,
    environment: deployment.environment,
    project: deployment.project,
    deployment: deployment.name,
    weights: [...serving.weights],
    stableReleaseId: serving.stableReleaseId,
    releases: serving.releases.flatMap(({ releaseId, state }) => {
      const release = releases.get(releaseId);
      if (!release) return [];
      const { model, modelVersion, modelDigest, configuration } = release;
      const files = deps.remoteFiles(configuration.files).map(withoutMode);
      const [profile] = deps.remoteFiles(profileOf(release)?.files ?? []).map(withoutMode);
      return [
        {
          ...{ releaseId, modelName: model, modelVersion: String(modelVersion), modelDigest, files, state },
          ...(configuration.check ? { check: configuration.check } : {}),
          ...(profile ? { profile } : {}),
        },
      ];
    }),
    limits: serving.limits,
    log: requestLogRule(serving, releases, forced.get(deployment.environment) ?? []),
    ...(comparison ? { comparison } : {}),
  };
}

const withoutMode = ({ path, digest, size, url }: RemoteFile) => ({ path, digest, size, url });

function keyOf(key: PredictKey, deployments: readonly DeploymentRow[]): GatewayKey {
  const { projectIds } = key;
  const endpoints =
    projectIds === "all"
      ? projectIds
      : deployments.filter(({ projectId }) => projectIds.includes(projectId)).map(({ id }) => id);
  const { sha256, principalId, expiresAt, readsMetrics } = key;
  return { sha256, principalId, expiresAt, ...(readsMetrics ? { readsMetrics } : {}), endpoints };
}
