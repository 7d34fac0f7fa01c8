import { z } from "zod";
import { okSchema, principalRefSchema } from "../common.ts";
import * as work from "../resources/work.ts";
import { route } from "../route.ts";

const workParams = z.object({ work: z.string() });

export const workRoutes = {
  claimWork: route({
    method: "POST",
    path: "/runner/claim",
    summary: "Claim leased work (waits for it)",
    permission: "work.lease",
    body: work.claimBody,
    response: work.claimResult,
  }),
  heartbeatWork: route({
    method: "POST",
    path: "/runner/heartbeat",
    summary: "Keep leases; hear of cancellation",
    permission: "work.lease",
    body: work.heartbeatBody,
    response: work.heartbeatResult,
  }),
  appendWorkLogs: route({
    method: "POST",
    path: "/runner/work/:work/logs",
    summary: "Append to an attempt's log",
    permission: "work.lease",
    params: workParams,
    body: work.appendLogsBody,
    response: z.object({ next: z.number() }),
    bodyLimitBytes: 4 * 2 ** 20,
  }),
  takeWorkSecrets: route({
    method: "POST",
    path: "/runner/work/:work/secrets",
    summary: "The secrets that an attempt's process is given",
    permission: "work.lease",
    params: workParams,
    body: z.object({ fence: z.number() }),
    response: work.secretEnvironmentSchema,
  }),
  uploadWorkOutputs: route({
    method: "POST",
    path: "/runner/work/:work/uploads",
    summary: "Signed URLs for output files",
    permission: "work.lease",
    params: workParams,
    body: work.uploadBody,
    response: work.uploadResult,
    bodyLimitBytes: 4 * 2 ** 20,
  }),
  finishWork: route({
    method: "POST",
    path: "/runner/work/:work/finish",
    summary: "Report the end; outputs count from here",
    permission: "work.lease",
    params: workParams,
    body: work.finishBody,
    response: okSchema,
    bodyLimitBytes: 4 * 2 ** 20,
  }),
  whoRuns: route({
    method: "GET",
    path: "/runner/run",
    summary: "The run a run's token belongs to",
    permission: "run.self",
    response: z.object({ principal: principalRefSchema, project: z.string().nullable(), run: z.string().nullable() }),
  }),
} as const;
