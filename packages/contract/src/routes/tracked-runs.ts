import { z } from "zod";
import * as tracked from "../resources/tracked-runs.ts";
import { route } from "../route.ts";
import { inProject } from "./params.ts";

/** All runs of a project's experiments, as people look for them. */
export const trackedRunRoutes = {
  searchRuns: route({
    method: "GET",
    path: "/projects/:project/tracked-runs",
    summary: "Runs of pipelines and of MLflow's clients, searched and sorted",
    permission: "project.read",
    params: inProject,
    query: tracked.searchRunsQuery,
    response: tracked.foundRunsSchema,
  }),
  compareRuns: route({
    method: "GET",
    path: "/projects/:project/tracked-runs/comparison",
    summary: "Which is best, and why? Up to eight runs with all that they logged",
    permission: "project.read",
    params: inProject,
    query: tracked.compareRunsQuery,
    response: z.object({ items: z.array(tracked.comparedRunSchema) }),
  }),
  metricCurves: route({
    method: "GET",
    path: "/projects/:project/tracked-runs/curves",
    summary: "A metric over steps, of up to eight runs",
    permission: "project.read",
    params: inProject,
    query: tracked.curvesQuery,
    response: tracked.curvesSchema,
  }),
} as const;
