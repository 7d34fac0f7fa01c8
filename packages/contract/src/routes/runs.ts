import { z } from "zod";
import { pageOf, pageQuerySchema } from "../common.ts";
import * as runs from "../resources/runs.ts";
import { route } from "../route.ts";
import { inProject, numbered, project } from "./params.ts";

const runParams = z.object({ ...project, run: numbered });
const stepParams = z.object({ ...project, run: numbered, step: z.string() });

export const runRoutes = {
  startRun: route({
    method: "POST",
    path: "/projects/:project/runs",
    summary: "Run a pipeline of a revision",
    permission: "run.start",
    params: inProject,
    body: runs.startRunBody,
    response: runs.runSchema,
    status: 201,
  }),
  listRuns: route({
    method: "GET",
    path: "/projects/:project/runs",
    summary: "Runs",
    permission: "project.read",
    params: inProject,
    query: pageQuerySchema.extend({ pipeline: z.string().optional(), state: runs.runStateSchema.optional() }),
    response: pageOf(runs.runSummarySchema),
  }),
  getRun: route({
    method: "GET",
    path: "/projects/:project/runs/:run",
    summary: "What happened in a run",
    permission: "project.read",
    params: runParams,
    response: runs.runSchema,
  }),
  cancelRun: route({
    method: "POST",
    path: "/projects/:project/runs/:run/cancel",
    summary: "Cancel a run",
    permission: "run.cancel",
    params: runParams,
    response: runs.runSchema,
  }),
  retryRun: route({
    method: "POST",
    path: "/projects/:project/runs/:run/retry",
    summary: "Run the failed and skipped steps again",
    permission: "run.start",
    params: runParams,
    response: runs.runSchema,
  }),
  getLogs: route({
    method: "GET",
    path: "/projects/:project/runs/:run/steps/:step/logs",
    summary: "Log of a step's attempt",
    permission: "project.read",
    params: stepParams,
    query: z.object({
      attempt: z.coerce.number().int().optional(),
      after: z.coerce.number().int().default(0),
      limitBytes: z.coerce.number().int().min(1).max(1_000_000).default(200_000),
    }),
    response: runs.logsSchema,
  }),
} as const;
