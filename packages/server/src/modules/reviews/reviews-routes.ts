import type { Handlers } from "../../http/handlers.ts";
import { resolveProject } from "../access/index.ts";
import {
  answerReview,
  decideReview,
  type ReviewsDeps,
  requestReview,
  showReview,
  showReviews,
} from "./write-review.ts";

/** Reviews of model versions. */
export const reviewsRoutes = (deps: ReviewsDeps): Handlers => ({
  async listReviews(ctx, { params }) {
    const project = await resolveProject(ctx, params.project);
    return { items: await showReviews(ctx, { project, model: params.model, version: params.version }) };
  },
  async requestReview(ctx, { params, body }) {
    const project = await resolveProject(ctx, params.project);
    const { model, version } = params;
    return showReview(ctx, project, await requestReview(ctx, { project, model, version, ...body }));
  },
  async answerReview(ctx, { params, body }) {
    const project = await resolveProject(ctx, params.project);
    const { id } = await answerReview(ctx, deps, {
      project,
      review: params.review,
      question: params.question,
      ...body,
    });
    return showReview(ctx, project, id);
  },
  async decideReview(ctx, { params, body }) {
    const project = await resolveProject(ctx, params.project);
    const { id } = await decideReview(ctx, { project, review: params.review, ...body });
    return showReview(ctx, project, id);
  },
});
