import type { Alert, AlertDetail } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import type { Handlers } from "../../http/handlers.ts";
import { resolveProject } from "../access/index.ts";
import { acknowledgeAlert, getAlert } from "./acknowledge-alert.ts";
import { type AlertRow, listAlerts } from "./alert-store.ts";
import { showMonitor, showMonitors } from "./show-monitor.ts";
import type { WatchDeps } from "./watch-deployments.ts";
import { listDeliveries } from "./webhook-store.ts";

export function monitoringRoutes(deps: WatchDeps) {
  const projectId = async (ctx: Ctx, name: string) => (await resolveProject(ctx, name)).id;
  return {
    listMonitors: async (ctx, { params }) => ({
      items: await showMonitors(deps, ctx, await projectId(ctx, params.project)),
    }),
    getMonitor: async (ctx, { params }) =>
      showMonitor(deps, ctx, {
        projectId: await projectId(ctx, params.project),
        environment: params.environment,
        name: params.deployment,
      }),
    async listAlerts(ctx, { params, query }) {
      const rows = await listAlerts(ctx, {
        projectId: await projectId(ctx, params.project),
        isUnresolved: query.state === "unresolved",
        limit: query.limit,
      });
      return { items: rows.map(toAlert) };
    },
    getAlert: async (ctx, { params }) =>
      toDetail(ctx, await getAlert(ctx, { projectId: await projectId(ctx, params.project), number: params.alert })),
    async acknowledgeAlert(ctx, { params, body }) {
      const key = { projectId: await projectId(ctx, params.project), number: params.alert };
      return toDetail(ctx, await acknowledgeAlert(ctx, { ...key, comment: body.comment }));
    },
  } satisfies Partial<Handlers>;
}

async function toDetail(ctx: Ctx, alert: AlertRow): Promise<AlertDetail> {
  const deliveries = await listDeliveries(ctx, alert.id);
  return {
    ...toAlert(alert),
    details: alert.details as Record<string, unknown>,
    deliveries: deliveries.map(({ event, state, attempts, lastStatus, lastError, nextAt, deliveredAt }) => ({
      ...{ event, state, attempts, lastStatus, lastError },
      nextAt: state === "waiting" ? nextAt.toISOString() : null,
      deliveredAt: deliveredAt?.toISOString() ?? null,
    })),
  };
}

function toAlert(alert: AlertRow): Alert {
  const { number, kind, severity, state, title, reason, fix, environment, deployment, model, release } = alert;
  return {
    ...{ number, kind, severity, state, title, reason, fix, environment, deployment, model, release },
    modelVersion: alert.modelVersion === null ? null : String(alert.modelVersion),
    occurrences: alert.occurrences,
    openedAt: alert.openedAt.toISOString(),
    seenAt: alert.seenAt.toISOString(),
    acknowledgedAt: alert.acknowledgedAt?.toISOString() ?? null,
    acknowledgedBy:
      alert.acknowledgedById === null
        ? null
        : { id: alert.acknowledgedById, name: alert.acknowledgedBy ?? "", kind: kindOf(alert) },
    comment: alert.comment,
    resolvedAt: alert.resolvedAt?.toISOString() ?? null,
    resolution: alert.resolution,
  };
}

const kindOf = ({ acknowledgedByKind }: AlertRow) =>
  (acknowledgedByKind ?? "user") as NonNullable<Alert["acknowledgedBy"]>["kind"];
