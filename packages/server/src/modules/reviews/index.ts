export { reviewEvidence } from "./review-verdict.ts";
export { reviewsRoutes } from "./reviews-routes.ts";
