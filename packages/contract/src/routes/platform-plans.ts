import { z } from "zod";
import { pageOf, pageQuerySchema } from "../common.ts";
import * as plans from "../resources/plans.ts";
import { route } from "../route.ts";
import { numbered } from "./params.ts";

const platformPlanParams = z.object({ plan: numbered });

/** The routes of a project's plans, for those that belong to the platform. */
export const platformPlanRoutes = {
  listPlatformPlans: route({
    method: "GET",
    path: "/plans",
    summary: "Plans of the platform: changes of environments",
    permission: "platform.use",
    query: pageQuerySchema.extend({ state: plans.planStateSchema.optional(), environment: z.string().optional() }),
    response: pageOf(plans.planSummarySchema),
  }),
  getPlatformPlan: route({
    method: "GET",
    path: "/plans/:plan",
    summary: "What changes for every project, may it, who must act?",
    permission: "platform.use",
    params: platformPlanParams,
    response: plans.planSchema,
  }),
  approvePlatformPlan: route({
    method: "POST",
    path: "/plans/:plan/approve",
    summary: "Approve a plan of the platform",
    permission: "platform-plan.approve",
    params: platformPlanParams,
    body: plans.decidePlanBody,
    response: plans.planSchema,
  }),
  rejectPlatformPlan: route({
    method: "POST",
    path: "/plans/:plan/reject",
    summary: "Reject a plan of the platform",
    permission: "platform-plan.approve",
    params: platformPlanParams,
    body: plans.decidePlanBody,
    response: plans.planSchema,
  }),
  applyPlatformPlan: route({
    method: "POST",
    path: "/plans/:plan/apply",
    summary: "Apply a plan of the platform",
    permission: "platform-plan.apply",
    params: platformPlanParams,
    body: plans.decidePlanBody,
    response: plans.planSchema,
  }),
  recomputePlatformPlan: route({
    method: "POST",
    path: "/plans/:plan/recompute",
    summary: "Compute a stale plan of the platform again",
    permission: "platform-plan.apply",
    params: platformPlanParams,
    response: plans.planSchema,
  }),
  cancelPlatformPlan: route({
    method: "POST",
    path: "/plans/:plan/cancel",
    summary: "Withdraw a plan of the platform",
    permission: "platform-plan.apply",
    params: platformPlanParams,
    response: plans.planSchema,
  }),
} as const;
