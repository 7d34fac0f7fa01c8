import { decideReview } from "../local/decide-review.ts";

export const reviewsReject = decideReview("reject", "rejected");
