import { z } from "zod";
import * as models from "../resources/models.ts";
import { route } from "../route.ts";
import { project } from "./params.ts";

const note = z.object({
  /** Markdown; empty takes it away. */
  description: z.string().max(100_000).optional(),
  /** Null takes a tag away. */
  tags: z.record(z.string().min(1).max(250), z.string().max(100_000).nullable()).optional(),
});

/** What people write on models and their versions; what those are does not change. */
export const modelNoteRoutes = {
  getModel: route({
    method: "GET",
    path: "/projects/:project/models/:model",
    summary: "A registered model with its tags",
    permission: "project.read",
    params: z.object({ ...project, model: z.string() }),
    response: models.modelSchema.extend({ tags: z.record(z.string(), z.string()) }),
  }),
  noteModel: route({
    method: "PATCH",
    path: "/projects/:project/models/:model",
    summary: "Describe a model, set and remove its tags",
    permission: "model.update",
    params: z.object({ ...project, model: z.string() }),
    body: note,
    response: models.modelSchema,
  }),
  renameModel: route({
    method: "POST",
    path: "/projects/:project/models/:model/rename",
    summary: "Give a model another name, with its versions, aliases, tags, reviews, comments and past releases",
    permission: "model.update",
    params: z.object({ ...project, model: z.string() }),
    body: z.object({ name: models.newModelNameSchema }),
    response: models.modelSchema,
  }),
  noteModelVersion: route({
    method: "PATCH",
    path: "/projects/:project/models/:model/versions/:version",
    summary: "Describe a model version, set and remove its tags",
    permission: "model.update",
    params: z.object({ ...project, model: z.string(), version: z.string() }),
    body: note,
    response: models.modelVersionSchema,
  }),
  registerModelVersion: route({
    method: "POST",
    path: "/projects/:project/models/:model/versions",
    summary: "Register what a client logged as the next version of a model, which is made where it is new",
    permission: "model.update",
    params: z.object({ ...project, model: models.newModelNameSchema }),
    body: z.object({
      /** `models:/m-…` of a logged model, or `runs:/RUN/PATH`. */
      source: z.string().min(1).max(2000),
      description: z.string().max(100_000).default(""),
    }),
    response: models.modelVersionSchema,
  }),
} as const;
