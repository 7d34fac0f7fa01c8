import { z } from "zod";
import * as collections from "../resources/collections.ts";
import { route } from "../route.ts";
import { inProject } from "./params.ts";

export const collectionRoutes = {
  listCollections: route({
    method: "GET",
    path: "/collections",
    summary: "Collections of what nothing needs any more, newest first",
    permission: "collection.manage",
    response: z.object({ items: z.array(collections.collectionSchema) }),
  }),
  createCollection: route({
    method: "POST",
    path: "/collections",
    summary: "Ask for a look at what can go, or for its removal",
    permission: "collection.manage",
    body: z.object({ dryRun: z.boolean() }),
    response: collections.collectionSchema,
    status: 202,
  }),
  getCollection: route({
    method: "GET",
    path: "/collections/:collection",
    summary: "A collection: what was found, what was removed",
    permission: "collection.manage",
    params: z.object({ collection: z.uuid() }),
    response: collections.collectionSchema,
  }),
  getRetention: route({
    method: "GET",
    path: "/projects/:project/retention",
    summary: "How long the project keeps deleted things and old runs",
    permission: "project.read",
    params: inProject,
    response: collections.retentionSchema,
  }),
  setRetention: route({
    method: "PUT",
    path: "/projects/:project/retention",
    summary: "Say how long the project keeps deleted things and old runs",
    permission: "retention.update",
    params: inProject,
    body: collections.retentionInputSchema,
    response: collections.retentionSchema,
  }),
} as const;
