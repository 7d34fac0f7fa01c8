import type { GatewayConfig, GatewayLimits, GatewayReleaseStatus } from "@pave/contract";
import type { WorkerRelease, WorkerRoutes } from "../worker-messages.ts";
import type { ApartRelease, ModelProcesses } from "./model-processes.ts";

/** Of releases that do not share the workers, whoever runs them. */
export type Processes = Pick<ModelProcesses, "addressOf" | "stateOf">;

import { type Place, placeOf, rowMs } from "./placement.ts";
import type { ProfileFiles } from "./profile-files.ts";
import type { ReleasePreparer } from "./release-preparer.ts";
import type { WorkerPool } from "./worker-pool.ts";

/** Where a release runs: by its check, or apart because a worker got stuck in it although the check saw nothing. */
function placeOfRelease(preparer: ReleasePreparer, releaseId: string, { maxRows }: GatewayLimits): Place | undefined {
  const preparation = preparer.stateOf(releaseId);
  if (preparation.state !== "prepared") return undefined;
  const { isUnruly, check } = preparation;
  return isUnruly || check.python ? "apart" : placeOf(check, maxRows);
}

/** Releases that need a process of their own, each once. */
export function apartReleases(config: GatewayConfig | undefined, preparer: ReleasePreparer): readonly ApartRelease[] {
  const found = new Map<string, ApartRelease>();
  for (const { releases, limits } of config?.endpoints ?? []) {
    for (const { releaseId } of releases) {
      const preparation = preparer.stateOf(releaseId);
      if (preparation.state === "prepared" && placeOfRelease(preparer, releaseId, limits) === "apart")
        found.set(releaseId, { releaseId, folder: preparation.folder, check: preparation.check });
    }
  }
  return [...found.values()];
}

/** The config as workers need it: only releases that are fetched and checked, with their folders. */
export function workerRoutes(
  config: GatewayConfig | undefined,
  preparer: ReleasePreparer,
  processes: Processes,
  profiles: ProfileFiles,
): WorkerRoutes {
  if (!config) return { configVersion: undefined, endpoints: [], keys: [] };
  const endpoints = config.endpoints.map((endpoint) => ({
    ...endpoint,
    stableModelVersion:
      endpoint.releases.find(({ releaseId }) => releaseId === endpoint.stableReleaseId)?.modelVersion ?? "",
    releases: endpoint.releases.flatMap(({ releaseId, modelName, modelVersion, profile: file }): WorkerRelease[] => {
      const preparation = preparer.stateOf(releaseId);
      if (preparation.state !== "prepared") return [];
      const { folder, check } = preparation;
      const profile = profiles.profileOf(file);
      const release = {
        ...{ releaseId, modelName, modelVersion, folder, rowMs: rowMs(check) },
        ...(profile ? { profile } : {}),
      };
      if (placeOfRelease(preparer, releaseId, endpoint.limits) === "shared") return [release];
      const process = processes.addressOf(releaseId);
      if (process) return [{ ...release, process }];
      // it was in the workers until now, and its callers had rather it stayed while its own process starts
      return preparation.isUnruly && !check.python && placeOf(check, endpoint.limits.maxRows) === "shared"
        ? [release]
        : [];
    }),
  }));
  return { configVersion: config.version, endpoints, keys: config.keys };
}

/** How far each release of the config is, as the api is told. */
export function releaseStatuses(
  config: GatewayConfig | undefined,
  preparer: ReleasePreparer,
  processes: Processes,
  pool: WorkerPool,
): GatewayReleaseStatus[] {
  return (config?.endpoints ?? []).flatMap(({ deploymentId, releases, limits }) =>
    releases.map(({ releaseId }): GatewayReleaseStatus => {
      const preparation = preparer.stateOf(releaseId);
      if (preparation.state === "failed") return { deploymentId, releaseId, state: "failed", error: preparation.error };
      const own = placeOfRelease(preparer, releaseId, limits) === "apart" ? processes.stateOf(releaseId) : undefined;
      const workers = pool.loadState(releaseId, own !== undefined);
      const error = own?.error ?? workers.error;
      if (error !== undefined) return { deploymentId, releaseId, state: "failed", error };
      const isLoaded = workers.isLoaded && (own?.isReady ?? true);
      const loadMs = own?.loadMs ?? workers.loadMs;
      return {
        deploymentId,
        releaseId,
        state: isLoaded ? "ready" : "loading",
        ...(loadMs === undefined ? {} : { loadMs }),
        ...(own?.isolation ? { isolation: own.isolation } : {}),
      };
    }),
  );
}
