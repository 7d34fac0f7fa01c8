import { z } from "zod";
import { okSchema } from "../common.ts";
import * as page from "../resources/run-page.ts";
import { trackedRunSchema } from "../resources/tracked-runs.ts";
import { route } from "../route.ts";
import { inProject, project } from "./params.ts";

const inRun = z.object({ ...project, trackedRun: page.trackedRunIdSchema });

/** One tracked run, and the experiments that runs are in. */
export const runPageRoutes = {
  findTrackedRun: route({
    method: "GET",
    path: "/tracked-runs/:trackedRun",
    summary: "Which project has a tracked run, of those that the caller may read",
    permission: "signed-in",
    params: z.object({ trackedRun: page.trackedRunIdSchema }),
    response: z.object({ project: z.string() }),
  }),
  getTrackedRun: route({
    method: "GET",
    path: "/projects/:project/tracked-runs/:trackedRun",
    summary: "A tracked run with all that it logged but curves and files; also where it was deleted",
    permission: "project.read",
    params: inRun,
    response: page.trackedRunPageSchema,
  }),
  runCurves: route({
    method: "GET",
    path: "/projects/:project/tracked-runs/:trackedRun/curves",
    summary: "Metrics of a tracked run over steps, thinned out so that extremes stay",
    permission: "project.read",
    params: inRun,
    query: page.runCurvesQuery,
    response: page.runCurvesSchema,
  }),
  updateTrackedRun: route({
    method: "PATCH",
    path: "/projects/:project/tracked-runs/:trackedRun",
    summary: "Rename a tracked run, describe it, set and remove its tags",
    permission: "tracking.write",
    params: inRun,
    body: page.updateTrackedRunSchema,
    response: page.trackedRunPageSchema,
  }),
  deleteTrackedRun: route({
    method: "DELETE",
    path: "/projects/:project/tracked-runs/:trackedRun",
    summary: "Mark a run that a client logged as deleted; it can be restored",
    permission: "tracking.write",
    params: inRun,
    response: okSchema,
  }),
  restoreTrackedRun: route({
    method: "POST",
    path: "/projects/:project/tracked-runs/:trackedRun/restore",
    summary: "Take the deletion of a run back",
    permission: "tracking.write",
    params: inRun,
    body: z.object({}),
    response: okSchema,
  }),
  listExperiments: route({
    method: "GET",
    path: "/projects/:project/experiments",
    summary: "Experiments of a project, those with the newest runs first",
    permission: "project.read",
    params: inProject,
    response: z.object({ items: z.array(page.experimentSchema) }),
  }),
  getExperiment: route({
    method: "GET",
    path: "/projects/:project/experiments/:experiment",
    summary: "An experiment with a page of its runs, newest first",
    permission: "project.read",
    params: z.object({
      ...project,
      experiment: z.string().regex(/^[1-9]\d{0,14}$/, "must be the id of an experiment"),
    }),
    query: z.object({ after: z.coerce.number().int().min(0).max(1_000_000).default(0) }),
    response: page.experimentSchema.extend({ items: z.array(trackedRunSchema), next: z.string().nullable() }),
  }),
} as const;
