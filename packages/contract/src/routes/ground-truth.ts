import { z } from "zod";
import { gatewayLogAnswerSchema } from "../request-log.ts";
import { groundTruthAnswerSchema, requestLogSchema, truthSchema, truthSpans } from "../resources/ground-truth.ts";
import { route } from "../route.ts";
import { bytes, project } from "./params.ts";

const deploymentParams = z.object({ ...project, environment: z.string(), deployment: z.string() });
const flag = z.enum(["true", "false"]).default("false");

export const groundTruthRoutes = {
  postGroundTruth: route({
    method: "POST",
    path: "/projects/:project/deployments/:environment/:deployment/ground-truth",
    summary: "What came true, joined with predictions by their id (JSON lines or a JSON list; any number in one body)",
    permission: "deployment.label",
    params: deploymentParams,
    query: z.object({ correct: flag }),
    response: groundTruthAnswerSchema,
    raw: "request",
  }),
  getTruth: route({
    method: "GET",
    path: "/projects/:project/deployments/:environment/:deployment/truth",
    summary: "Predicted against actual by hour, day or week",
    permission: "project.read",
    params: deploymentParams,
    query: z.object({
      by: z.enum(truthSpans).default("week"),
      windows: z.coerce.number().int().min(1).max(104).default(26),
    }),
    response: truthSchema,
  }),
  listRequestLog: route({
    method: "GET",
    path: "/projects/:project/deployments/:environment/:deployment/log",
    summary: "Files of the request log, the newest first",
    permission: "deployment.read-log",
    params: deploymentParams,
    response: requestLogSchema,
  }),
  getRequestLogFile: route({
    method: "GET",
    path: "/projects/:project/deployments/:environment/:deployment/log/:file",
    summary: "One file of the request log (Parquet)",
    permission: "deployment.read-log",
    params: deploymentParams.extend({ file: z.string() }),
    response: bytes,
    raw: "response",
  }),
  gatewayLog: route({
    method: "POST",
    path: "/gateway/log",
    summary: "Requests and answers that a gateway logged",
    permission: "gateway.sync",
    response: gatewayLogAnswerSchema,
    raw: "request",
  }),
} as const;
