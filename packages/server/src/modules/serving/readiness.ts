import type { Ctx } from "../../db/context.ts";
import type { GatewayRow } from "./gateway-store.ts";
import { listLiveGateways } from "./gateway-store.ts";

/** How far the live gateways are with a release. */
export interface Readiness {
  readonly gateways: number;
  readonly ready: number;
  /** What the first gateway that could not load it says. */
  readonly failure: string | null;
}

export function readinessOf(gateways: readonly GatewayRow[], deploymentId: string, releaseId: string): Readiness {
  const statuses = gateways.map(({ releases }) =>
    releases.find((status) => status.deploymentId === deploymentId && status.releaseId === releaseId),
  );
  const failed = statuses.find((status) => status?.state === "failed");
  return {
    gateways: gateways.length,
    ready: statuses.filter((status) => status?.state === "ready").length,
    failure: failed ? (failed.error ?? "the gateway could not load the model") : null,
  };
}

export const releaseReadiness = async (ctx: Ctx, deploymentId: string, releaseId: string): Promise<Readiness> =>
  readinessOf(await listLiveGateways(ctx), deploymentId, releaseId);

/** True when every live gateway serves by this version of its config, or a later one. */
export const isConfigTaken = async (ctx: Ctx, version: number): Promise<boolean> =>
  (await listLiveGateways(ctx)).every(({ configVersion }) => configVersion >= version);
