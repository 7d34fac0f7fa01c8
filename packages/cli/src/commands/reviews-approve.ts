import { decideReview } from "../local/decide-review.ts";

export const reviewsApprove = decideReview("approve", "approved");
