import type { Ctx } from "../../db/context.ts";
import type { Jobs } from "../../jobs/index.ts";
import { getRevision } from "../projects/index.ts";
import { type DeliverOptions, deliverWebhooks } from "./deliver-webhooks.ts";
import { type ProfileDeps, referenceProfileOwner, referenceProfileWork, requestProfiles } from "./make-profiles.ts";
import { monitoringRoutes } from "./monitoring-routes.ts";
import { type AlertRetention, pruneMonitors } from "./prune-monitors.ts";
import { type WatchDeps, watchDeployments } from "./watch-deployments.ts";
import { watchSlo } from "./watch-slo.ts";
import { type WatchRules, watchRules } from "./window-rules.ts";

export interface MonitoringDeps extends ProfileDeps, DeliverOptions {
  readonly jobs: Pick<Jobs, "on">;
  readonly retention: AlertRetention;
}

/** Watches what is deployed: reference profiles, windows of traffic, service levels, and the alerts that come of them. */
export interface Monitoring {
  readonly routes: ReturnType<typeof monitoringRoutes>;
  /** A round of each, for the worker. */
  requestProfiles(ctx: Ctx): Promise<void>;
  watch(ctx: Ctx): Promise<void>;
  watchSlo(ctx: Ctx): Promise<void>;
  deliver(ctx: Ctx): Promise<void>;
  prune(ctx: Ctx): Promise<void>;
}

export function createMonitoring(deps: MonitoringDeps): Monitoring {
  deps.jobs.on(referenceProfileOwner, referenceProfileWork(deps));
  const watching: WatchDeps = { rulesOf: rememberRules() };
  return {
    routes: monitoringRoutes(watching),
    requestProfiles,
    watch: (ctx) => watchDeployments(watching, ctx),
    watchSlo,
    deliver: (ctx) => deliverWebhooks(ctx, deps),
    prune: (ctx) => pruneMonitors(ctx, deps.retention),
  };
}

/** A revision never changes, and its spec is large. */
function rememberRules(): WatchDeps["rulesOf"] {
  const known = new Map<string, WatchRules>();
  return async (ctx, projectId, revisionId) => {
    const before = known.get(revisionId);
    if (before) return before;
    if (known.size > 1000) known.clear();
    const rules = watchRules((await getRevision(ctx, projectId, revisionId)).spec);
    known.set(revisionId, rules);
    return rules;
  };
}
