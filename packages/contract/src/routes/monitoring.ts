import { z } from "zod";
import * as monitoring from "../resources/monitoring.ts";
import { route } from "../route.ts";
import { inProject, numbered, project } from "./params.ts";

const alertParams = z.object({ ...project, alert: numbered });

export const monitoringRoutes = {
  listMonitors: route({
    method: "GET",
    path: "/projects/:project/monitors",
    summary: "What is watched, and how it stands",
    permission: "project.read",
    params: inProject,
    response: z.object({ items: z.array(monitoring.monitorSchema) }),
  }),
  getMonitor: route({
    method: "GET",
    path: "/projects/:project/monitors/:environment/:deployment",
    summary: "Drift of a deployment's inputs and predictions, column by column",
    permission: "project.read",
    params: z.object({ ...project, environment: z.string(), deployment: z.string() }),
    response: monitoring.monitorDetailSchema,
  }),
  listAlerts: route({
    method: "GET",
    path: "/projects/:project/alerts",
    summary: "Alerts, the newest first",
    permission: "project.read",
    params: inProject,
    query: z.object({
      state: z.enum(["unresolved", "all"]).default("unresolved"),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
    response: z.object({ items: z.array(monitoring.alertSchema) }),
  }),
  getAlert: route({
    method: "GET",
    path: "/projects/:project/alerts/:alert",
    summary: "What an alert found, and who was told",
    permission: "project.read",
    params: alertParams,
    response: monitoring.alertDetailSchema,
  }),
  acknowledgeAlert: route({
    method: "POST",
    path: "/projects/:project/alerts/:alert/acknowledge",
    summary: "Say that somebody looks at it",
    permission: "alert.update",
    params: alertParams,
    body: z.object({ comment: z.string().max(2000).default("") }),
    response: monitoring.alertDetailSchema,
  }),
} as const;
