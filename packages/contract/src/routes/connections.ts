import { z } from "zod";
import { nameSchema, okSchema } from "../common.ts";
import * as connections from "../resources/connections.ts";
import { route } from "../route.ts";
import { inProject, project } from "./params.ts";

const connectionParams = z.object({ ...project, connection: nameSchema });
const ofEnvironment = z.object({ environment: nameSchema.optional() });

export const connectionRoutes = {
  listConnections: route({
    method: "GET",
    path: "/projects/:project/connections",
    summary: "Connections by name and environment; never passwords",
    permission: "project.read",
    params: inProject,
    response: z.object({ items: z.array(connections.connectionSchema) }),
  }),
  setConnection: route({
    method: "PUT",
    path: "/projects/:project/connections/:connection",
    summary: "Add a connection or change it; its password cannot be read again",
    permission: "connection.update",
    params: connectionParams,
    body: connections.setConnectionBody,
    response: connections.connectionSchema,
  }),
  checkConnection: route({
    method: "POST",
    path: "/projects/:project/connections/:connection/check",
    summary: "Reach it, sign in, read one row: done by a runner, where steps are",
    permission: "connection.update",
    params: connectionParams,
    body: ofEnvironment,
    response: connections.connectionCheckSchema,
  }),
  removeConnection: route({
    method: "DELETE",
    path: "/projects/:project/connections/:connection",
    summary: "Remove a connection with its password",
    permission: "connection.update",
    params: connectionParams,
    query: ofEnvironment,
    response: okSchema,
  }),
} as const;
