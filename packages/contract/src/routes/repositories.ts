import { z } from "zod";
import { okSchema, pageOf, pageQuerySchema } from "../common.ts";
import * as repositories from "../resources/repositories.ts";
import { route } from "../route.ts";
import { inProject } from "./params.ts";

export const repositoryRoutes = {
  getRepository: route({
    method: "GET",
    path: "/projects/:project/repository",
    summary: "The git repository whose pushes are run and released",
    permission: "project.read",
    params: inProject,
    response: z.object({ repository: repositories.repositorySchema.nullable() }),
  }),
  connectRepository: route({
    method: "PUT",
    path: "/projects/:project/repository",
    summary: "Connect a git repository; the webhook's secret is shown once",
    permission: "repository.update",
    params: inProject,
    body: repositories.connectRepositoryBody,
    response: z.object({ repository: repositories.repositorySchema, webhookSecret: z.string() }),
  }),
  disconnectRepository: route({
    method: "DELETE",
    path: "/projects/:project/repository",
    summary: "Forget the repository, its secrets and its pushes",
    permission: "repository.update",
    params: inProject,
    response: okSchema,
  }),
  listRepositoryPushes: route({
    method: "GET",
    path: "/projects/:project/repository/pushes",
    summary: "Pushes that came, and what came of them",
    permission: "project.read",
    params: inProject,
    query: pageQuerySchema,
    response: pageOf(repositories.repositoryPushSchema),
  }),
  receivePush: route({
    method: "POST",
    path: "/hooks/git/:repository",
    summary: "A push, signed by the repository's host",
    permission: "public",
    params: z.object({ repository: z.string().max(64) }),
    response: z.object({ push: z.string().nullable(), message: z.string() }),
    raw: "request",
    bodyLimitBytes: 26 * 2 ** 20,
    status: 202,
  }),
} as const;
