export { compareTruth } from "./compare-truth.ts";
export { createGroundTruth } from "./create-ground-truth.ts";
export { groundTruthRoutes } from "./ground-truth-routes.ts";
