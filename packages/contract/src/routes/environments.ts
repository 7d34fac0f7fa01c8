import { z } from "zod";
import { nameSchema } from "../common.ts";
import * as deployments from "../resources/deployments.ts";
import * as plans from "../resources/plans.ts";
import { route } from "../route.ts";
import { inProject } from "./params.ts";

const inEnvironment = z.object({ environment: nameSchema });

export const environmentRoutes = {
  listEnvironments: route({
    method: "GET",
    path: "/environments",
    summary: "Places for releases, with their rules",
    permission: "platform.use",
    response: z.object({ items: z.array(deployments.environmentSummarySchema) }),
  }),
  getEnvironment: route({
    method: "GET",
    path: "/environments/:environment",
    summary: "The rules of an environment, as they were written",
    permission: "platform.use",
    params: inEnvironment,
    response: deployments.environmentSchema,
  }),
  listEnvironmentDeployments: route({
    method: "GET",
    path: "/environments/:environment/deployments",
    summary: "Which release runs there since when, of the projects that I may read",
    permission: "platform.use",
    params: inEnvironment,
    response: z.object({ items: z.array(deployments.deploymentSchema) }),
  }),
  createEnvironmentPlan: route({
    method: "POST",
    path: "/environments/:environment/plans",
    summary: "Plan the creation or change of an environment; it is judged by the rules in force",
    permission: "environment.update",
    params: inEnvironment,
    body: plans.createEnvironmentPlanBody,
    response: plans.planSchema,
    status: 201,
  }),
  listResources: route({
    method: "GET",
    path: "/projects/:project/resources",
    summary: "What environments provisioned for the project",
    permission: "project.read",
    params: inProject,
    response: z.object({ items: z.array(deployments.resourceSchema) }),
  }),
} as const;
