import { z } from "zod";
import * as reviews from "../resources/reviews.ts";
import { route } from "../route.ts";
import { project } from "./params.ts";

const version = z.object({ ...project, model: z.string(), version: z.string() });
const review = { ...project, review: z.string().max(100) };

export const reviewRoutes = {
  listReviews: route({
    method: "GET",
    path: "/projects/:project/models/:model/versions/:version/reviews",
    summary: "The reviews of a model version, one for each environment that asks questions",
    permission: "project.read",
    params: version,
    response: z.object({ items: z.array(reviews.reviewSchema) }),
  }),
  requestReview: route({
    method: "POST",
    path: "/projects/:project/models/:model/versions/:version/reviews",
    summary: "Ask for a review by the questions of an environment; one that is open stays",
    permission: "review.request",
    params: version,
    body: z.object({ environment: z.string().min(1).max(100) }),
    response: reviews.reviewSchema,
  }),
  answerReview: route({
    method: "PUT",
    path: "/projects/:project/reviews/:review/answers/:question",
    summary: "Answer a question, with evidence",
    permission: "review.request",
    params: z.object({ ...review, question: z.string().max(100) }),
    body: z.object({
      text: z.string().min(1).max(10_000),
      evidence: z.array(reviews.reviewEvidenceSchema).max(20).default([]),
    }),
    response: reviews.reviewSchema,
  }),
  decideReview: route({
    method: "POST",
    path: "/projects/:project/reviews/:review/decide",
    summary: "Approve or reject the model version; an approval takes every answer",
    permission: "review.decide",
    params: z.object(review),
    body: z.object({ verdict: z.enum(["approved", "rejected"]), comment: z.string().max(2000).default("") }),
    response: reviews.reviewSchema,
  }),
} as const;
