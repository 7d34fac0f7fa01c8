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
  groupRuns: route({
    method: "GET",
    path: "/projects/:project/tracked-runs/groups",
    summary: "Runs put together by a param, a tag or the run below which they lie, with the spread of a metric",
    permission: "project.read",
    params: inProject,
    query: tracked.groupRunsQuery,
    response: tracked.runGroupsSchema,
  }),
  listRunKeys: route({
    method: "GET",
    path: "/projects/:project/tracked-runs/keys",
    summary: "Names of the metrics, params and tags of the project's newest 1,000 runs",
    permission: "project.read",
    params: inProject,
    response: tracked.runKeysSchema,
  }),
  listRunValues: route({
    method: "GET",
    path: "/projects/:project/tracked-runs/values",
    summary: "Values of a param or tag in the project's newest 1,000 runs, to choose from",
    permission: "project.read",
    params: inProject,
    query: tracked.runValuesQuery,
    response: tracked.runValuesSchema,
  }),
  deleteTrackedRuns: route({
    method: "POST",
    path: "/projects/:project/tracked-runs/deletion",
    summary: "Mark runs of MLflow's clients as deleted, which can be taken back",
    permission: "tracking.write",
    params: inProject,
    body: tracked.chosenRunsBody,
    response: tracked.changedRunsSchema,
  }),
  restoreTrackedRuns: route({
    method: "POST",
    path: "/projects/:project/tracked-runs/restoration",
    summary: "Take the deletion of runs back",
    permission: "tracking.write",
    params: inProject,
    body: tracked.chosenRunsBody,
    response: tracked.changedRunsSchema,
  }),
  tagTrackedRuns: route({
    method: "POST",
    path: "/projects/:project/tracked-runs/tags",
    summary: "Set and remove tags of runs",
    permission: "tracking.write",
    params: inProject,
    body: tracked.tagRunsBody,
    response: tracked.changedRunsSchema,
  }),
  compareRuns: route({
    method: "GET",
    path: "/projects/:project/tracked-runs/comparison",
    summary: "Which is best, and why? Up to 100 runs with all that they logged",
    permission: "project.read",
    params: inProject,
    query: tracked.compareRunsQuery,
    response: z.object({ items: z.array(tracked.comparedRunSchema) }),
  }),
  metricCurves: route({
    method: "GET",
    path: "/projects/:project/tracked-runs/curves",
    summary: "A metric over steps and time, of up to 20 runs",
    permission: "project.read",
    params: inProject,
    query: tracked.curvesQuery,
    response: tracked.curvesSchema,
  }),
} as const;
