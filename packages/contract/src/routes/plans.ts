import { z } from "zod";
import { pageOf, pageQuerySchema } from "../common.ts";
import * as plans from "../resources/plans.ts";
import { route } from "../route.ts";
import { inProject, numbered, project } from "./params.ts";

const planParams = z.object({ ...project, plan: numbered });

export const planRoutes = {
  createPlan: route({
    method: "POST",
    path: "/projects/:project/plans",
    summary: "Plan a release",
    permission: "plan.create",
    params: inProject,
    body: plans.createPlanBody,
    response: plans.planSchema,
    status: 201,
  }),
  listPlans: route({
    method: "GET",
    path: "/projects/:project/plans",
    summary: "Plans",
    permission: "project.read",
    params: inProject,
    query: pageQuerySchema.extend({ state: plans.planStateSchema.optional(), environment: z.string().optional() }),
    response: pageOf(plans.planSummarySchema),
  }),
  getPlan: route({
    method: "GET",
    path: "/projects/:project/plans/:plan",
    summary: "What changes, may it, who must act?",
    permission: "project.read",
    params: planParams,
    response: plans.planSchema,
  }),
  approvePlan: route({
    method: "POST",
    path: "/projects/:project/plans/:plan/approve",
    summary: "Approve a plan",
    permission: "plan.approve",
    params: planParams,
    body: plans.decidePlanBody,
    response: plans.planSchema,
  }),
  rejectPlan: route({
    method: "POST",
    path: "/projects/:project/plans/:plan/reject",
    summary: "Reject a plan",
    permission: "plan.approve",
    params: planParams,
    body: plans.decidePlanBody,
    response: plans.planSchema,
  }),
  applyPlan: route({
    method: "POST",
    path: "/projects/:project/plans/:plan/apply",
    summary: "Apply a plan",
    permission: "plan.apply",
    params: planParams,
    body: plans.decidePlanBody,
    response: plans.planSchema,
  }),
  recomputePlan: route({
    method: "POST",
    path: "/projects/:project/plans/:plan/recompute",
    summary: "Compute a stale plan again",
    permission: "plan.create",
    params: planParams,
    response: plans.planSchema,
  }),
  cancelPlan: route({
    method: "POST",
    path: "/projects/:project/plans/:plan/cancel",
    summary: "Withdraw a plan",
    permission: "plan.create",
    params: planParams,
    response: plans.planSchema,
  }),
} as const;
