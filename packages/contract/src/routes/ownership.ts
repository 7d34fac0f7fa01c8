import { z } from "zod";
import { nameSchema } from "../common.ts";
import { principalSchema } from "../resources/access.ts";
import * as ownership from "../resources/ownership.ts";
import { projectSchema } from "../resources/projects.ts";
import { route } from "../route.ts";
import { inProject } from "./params.ts";

const principal = z.object({ principal: z.string() });

export const ownershipRoutes = {
  listHoldings: route({
    method: "GET",
    path: "/principals/:principal/holdings",
    summary: "What a principal alone holds, and somebody has to take over when it goes",
    permission: "platform.admin",
    params: principal,
    response: ownership.holdingsSchema,
  }),
  handOver: route({
    method: "POST",
    path: "/principals/:principal/hand-over",
    summary: "Hand all that a principal alone holds to another one",
    permission: "platform.admin",
    params: principal,
    body: z.object({ to: z.string().min(1).max(200) }),
    response: ownership.holdingsSchema,
  }),
  setPrincipalOwner: route({
    method: "PUT",
    path: "/principals/:principal/owner",
    summary: "Give a service account or an agent to a person or a team",
    permission: "platform.admin",
    params: principal,
    body: z.object({ owner: z.string().min(1).max(200) }),
    response: principalSchema,
  }),
  setProjectOwner: route({
    method: "PUT",
    path: "/projects/:project/owner",
    summary: "Give the project to another team, whose members become its developers",
    permission: "member.update",
    params: inProject,
    body: z.object({ owner: nameSchema }),
    response: projectSchema,
  }),
} as const;
