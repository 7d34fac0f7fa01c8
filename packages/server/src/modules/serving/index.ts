export { createServing, getDeployment, type Serving } from "./create-serving.ts";
export {
  type DeploymentRow,
  defaultLimits,
  type ReleaseConfiguration,
  type ReleaseRow,
  type RolloutRow,
} from "./deployment.ts";
export {
  type DeploymentKey,
  ensureDeployment,
  findDeployment,
  listDeployments,
  publishConfig,
} from "./deployment-store.ts";
export { countLiveGateways } from "./gateway-store.ts";
export { isReleased } from "./is-released.ts";
export { measureTraffic } from "./measure-traffic.ts";
export { renameReleased, whereLive } from "./model-names.ts";
export {
  prepareRelease,
  renewShare,
  restoreStable,
  shareTraffic,
  shiftTraffic,
  withdrawRelease,
} from "./move-traffic.ts";
export { publishKeys } from "./publish-keys.ts";
export { countRowsBetween, countsBetween, predictionComparison } from "./read-counts.ts";
export { isConfigTaken, type Readiness, releaseReadiness } from "./readiness.ts";
export {
  findRelease,
  findReleaseOfPlan,
  findReleases,
  insertRelease,
  listReleases,
  listReleasesOfPlan,
  setReleaseState,
} from "./release-store.ts";
export {
  beginStep,
  endSteps,
  listSteps,
  type RolloutStepRow,
  saveAnalysis,
  stepCounts,
} from "./rollout-steps-store.ts";
export {
  findOpenRollout,
  findRollout,
  findRolloutByNumber,
  findRolloutOfRelease,
  insertRollout,
  listDrivenRollouts,
  listRollouts,
  updateRollout,
} from "./rollout-store.ts";
export { servingMetrics } from "./serving-metrics.ts";
export { servingRoutes } from "./serving-routes.ts";
export { previousRelease, toRolloutSummary } from "./show-deployment.ts";
export { type Counts, noTraffic, quantiles } from "./traffic.ts";
export { type SloWindow, sumForSlo } from "./traffic-store.ts";
