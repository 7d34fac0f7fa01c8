import { z } from "zod";
import * as deployments from "../resources/deployments.ts";
import { route } from "../route.ts";
import { inProject, project } from "./params.ts";

export const deploymentParams = z.object({ ...project, environment: z.string(), deployment: z.string() });

export const deploymentRoutes = {
  listDeployments: route({
    method: "GET",
    path: "/projects/:project/deployments",
    summary: "Deployments",
    permission: "project.read",
    params: inProject,
    response: z.object({ items: z.array(deployments.deploymentSchema) }),
  }),
  getDeployment: route({
    method: "GET",
    path: "/projects/:project/deployments/:environment/:deployment",
    summary: "Is it well?",
    permission: "project.read",
    params: deploymentParams,
    response: deployments.deploymentDetailSchema,
  }),
  getTraffic: route({
    method: "GET",
    path: "/projects/:project/deployments/:environment/:deployment/traffic",
    summary: "Requests, errors and latency by window",
    permission: "project.read",
    params: deploymentParams,
    query: z.object({
      minutes: z.coerce
        .number()
        .int()
        .min(1)
        .max(7 * 24 * 60)
        .default(60),
    }),
    response: deployments.trafficSchema,
  }),
  rollbackDeployment: route({
    method: "POST",
    path: "/projects/:project/deployments/:environment/:deployment/rollback",
    summary: "Go back to the release before",
    permission: "deployment.rollback",
    params: deploymentParams,
    body: z.object({ toRelease: z.number().int().positive().optional(), reason: z.string().max(2000).default("") }),
    response: deployments.deploymentDetailSchema,
  }),
  tryDeployment: route({
    method: "POST",
    path: "/projects/:project/deployments/:environment/:deployment/try",
    summary: "Send one request to the endpoint from the portal",
    permission: "deployment.predict",
    params: deploymentParams,
    body: z.object({ input: z.unknown() }),
    response: z.object({ status: z.number(), milliseconds: z.number(), body: z.unknown() }),
  }),
} as const;
