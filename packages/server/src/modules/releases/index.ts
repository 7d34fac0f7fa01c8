export { createReleases } from "./create-releases.ts";
export { renameEvaluated } from "./evaluations-store.ts";
export { checkReleaseGate } from "./release-evidence.ts";
export type { EvaluationResult, StartEvaluation } from "./releases-deps.ts";
export { releasesRoutes } from "./releases-routes.ts";
