import { z } from "zod";
import { pageOf, pageQuerySchema } from "../common.ts";
import * as models from "../resources/models.ts";
import { route } from "../route.ts";
import { inProject, project } from "./params.ts";

const modelParams = z.object({ ...project, model: z.string() });
const versionParams = z.object({ ...project, model: z.string(), version: z.string() });

export const modelRoutes = {
  listModels: route({
    method: "GET",
    path: "/projects/:project/models",
    summary: "Registered models",
    permission: "project.read",
    params: inProject,
    response: z.object({ items: z.array(models.modelSchema) }),
  }),
  listModelVersions: route({
    method: "GET",
    path: "/projects/:project/models/:model/versions",
    summary: "Versions of a model",
    permission: "project.read",
    params: modelParams,
    query: pageQuerySchema,
    response: pageOf(models.modelVersionSummarySchema),
  }),
  getModelVersion: route({
    method: "GET",
    path: "/projects/:project/models/:model/versions/:version",
    summary: "Can I trust it, where did it come from? `:version` may be an alias",
    permission: "project.read",
    params: versionParams,
    response: models.modelVersionSchema,
  }),
  getVersionProfile: route({
    method: "GET",
    path: "/projects/:project/models/:model/versions/:version/profile",
    summary: "What its inputs and answers looked like where it was trained: the reference of drift",
    permission: "project.read",
    params: versionParams,
    response: models.versionProfileSchema,
  }),
  compareModelVersions: route({
    method: "GET",
    path: "/projects/:project/models/:model/versions/:version/compare",
    summary: "Two versions of a model beside each other, what differs first",
    permission: "project.read",
    params: versionParams,
    /** The other one, by number or alias. */
    query: z.object({ with: z.string().min(1).max(255) }),
    response: models.versionComparisonSchema,
  }),
  listAliasChanges: route({
    method: "GET",
    path: "/projects/:project/models/:model/aliases/history",
    summary: "Who pointed which alias of a model where, newest first",
    permission: "project.read",
    params: modelParams,
    query: pageQuerySchema,
    response: pageOf(models.aliasChangeSchema),
  }),
  setAlias: route({
    method: "PUT",
    path: "/projects/:project/models/:model/aliases/:alias",
    summary: "Point an alias at a version",
    permission: "model.update",
    params: z.object({ ...project, model: z.string(), alias: z.string() }),
    body: z.object({ version: z.string() }),
    response: models.modelSchema,
  }),
  deleteAlias: route({
    method: "DELETE",
    path: "/projects/:project/models/:model/aliases/:alias",
    summary: "Remove an alias",
    permission: "model.update",
    params: z.object({ ...project, model: z.string(), alias: z.string() }),
    response: models.modelSchema,
  }),
} as const;
