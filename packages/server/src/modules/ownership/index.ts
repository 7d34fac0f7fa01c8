export { assertHoldsNothing, handOver } from "./hand-over.ts";
export { ownershipRoutes } from "./ownership-routes.ts";
