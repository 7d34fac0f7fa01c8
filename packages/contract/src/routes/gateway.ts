import * as gateway from "../gateway.ts";
import { route } from "../route.ts";

export const gatewayRoutes = {
  gatewayConfig: route({
    method: "GET",
    path: "/gateway/config",
    summary: "What gateways serve, and to whom (waits for a change; 204 when there is none)",
    permission: "gateway.sync",
    query: gateway.gatewayConfigQuerySchema,
    response: gateway.gatewayConfigSchema,
    raw: "response",
  }),
  gatewayReport: route({
    method: "POST",
    path: "/gateway/report",
    summary: "How far a gateway's releases are, and what it counted",
    permission: "gateway.sync",
    body: gateway.gatewayReportSchema,
    response: gateway.gatewayReportAnswerSchema,
    bodyLimitBytes: 16 * 2 ** 20,
  }),
} as const;
