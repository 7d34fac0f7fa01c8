import { z } from "zod";
import * as decisions from "../resources/decisions.ts";
import { route } from "../route.ts";
import { inProject } from "./params.ts";

export const decisionRoutes = {
  explainAccess: route({
    method: "GET",
    path: "/access/explain",
    summary: "May somebody do something, and why? About others: admins of the project, platform admins",
    permission: "platform.use",
    query: decisions.explainAccessQuery,
    response: decisions.accessExplanationSchema,
  }),
  listAccess: route({
    method: "GET",
    path: "/projects/:project/access",
    summary: "Who may do what on the project, and by which team or role",
    permission: "access.read",
    params: inProject,
    response: z.object({ items: z.array(decisions.accessEntrySchema) }),
  }),
} as const;
