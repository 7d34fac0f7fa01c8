import type {
  Deployment,
  DeploymentDetail,
  GatewayConfig,
  GatewayReport,
  GatewayReportAnswer,
  Traffic,
} from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import type { Database } from "../../db/open-database.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import type { DeploymentRow } from "./deployment.ts";
import { type DeploymentKey, findDeployment, listDeployments, servingChannel } from "./deployment-store.ts";
import { type GatewayConfigDeps, getGatewayConfig } from "./gateway-config.ts";
import { pruneGateways } from "./gateway-store.ts";
import { getTraffic } from "./get-traffic.ts";
import { ingestReport } from "./ingest-report.ts";
import { pruneProfileWindows, rollUpProfileWindows } from "./profile-window-store.ts";
import { type ShowDeps, showDeployment, showDeployments } from "./show-deployment.ts";
import { pruneTraffic, rollUpTraffic } from "./traffic-store.ts";
import { createTryOut } from "./try-deployment.ts";
import { createWait } from "./wait.ts";

export interface Serving {
  list(
    ctx: Ctx,
    filter: { projectId?: string; projectIds?: readonly string[]; environment?: string },
  ): Promise<Deployment[]>;
  show(ctx: Ctx, key: DeploymentKey): Promise<DeploymentDetail>;
  traffic(ctx: Ctx, key: DeploymentKey, minutes: number): Promise<Traffic>;
  /** One request, sent for the signed-in principal. */
  tryOut(
    ctx: Ctx,
    key: DeploymentKey,
    input: unknown,
  ): Promise<{ status: number; milliseconds: number; body: unknown }>;
  gatewayConfig(
    ctx: Ctx,
    input: { after: number; waitSeconds: number },
    signal: AbortSignal,
  ): Promise<GatewayConfig | undefined>;
  report(ctx: Ctx, report: GatewayReport): Promise<GatewayReportAnswer>;
  /** Forgets measurements that are too old; once an hour is plenty. */
  prune(ctx: Ctx): Promise<void>;
  stop(): Promise<void>;
}

export type ServingDeps = ShowDeps & Omit<GatewayConfigDeps, "wait"> & { readonly database: Pick<Database, "listen"> };

export function createServing(deps: ServingDeps): Serving {
  const wait = createWait(deps.database, servingChannel);
  const tryOut = createTryOut(deps.gatewayUrl);
  return {
    list: async (ctx, filter) => showDeployments(deps, ctx, await listDeployments(ctx, filter)),
    show: async (ctx, key) => showDeployment(deps, ctx, await getDeployment(ctx, key)),
    traffic: async (ctx, key, minutes) => getTraffic(ctx, await getDeployment(ctx, key), minutes),
    tryOut: async (ctx, key, input) => tryOut(ctx, await getDeployment(ctx, key), input),
    gatewayConfig: (ctx, input, signal) =>
      getGatewayConfig({ remoteFiles: deps.remoteFiles, wait }, ctx, input, signal),
    report: ingestReport,
    async prune(ctx) {
      await pruneTraffic(ctx);
      await rollUpTraffic(ctx);
      await pruneProfileWindows(ctx);
      await rollUpProfileWindows(ctx);
      await pruneGateways(ctx);
    },
    stop: () => wait.stop(),
  };
}

export async function getDeployment(ctx: Ctx, key: DeploymentKey): Promise<DeploymentRow> {
  const row = await findDeployment(ctx, key);
  if (row) return row;
  const names = (await listDeployments(ctx, { projectId: key.projectId })).map(
    ({ name, environment }) => `${environment}/${name}`,
  );
  throw new PaveError("deployment.not_found", `There is no deployment ${key.environment}/${key.name} in this project`, {
    fix: names.length === 0 ? "Release something first: `pave deploy --to staging`." : `There are ${names.join(", ")}.`,
  });
}
