import { z } from "zod";
import { nameSchema, okSchema } from "../common.ts";
import * as trusts from "../resources/trusts.ts";
import { route } from "../route.ts";
import { inProject, project } from "./params.ts";

/** Machines of a project: its service accounts, and the jobs of CI that may act as one. */
export const trustRoutes = {
  listIssuers: route({
    method: "GET",
    path: "/issuers",
    summary: "Outside CI whose tokens can be exchanged, and the audience they must be for",
    permission: "platform.use",
    response: z.object({ audience: z.string(), items: z.array(trusts.issuerSchema) }),
  }),
  listTrusts: route({
    method: "GET",
    path: "/projects/:project/trusts",
    summary: "Jobs of CI that may act in the project without a stored secret",
    permission: "project.read",
    params: inProject,
    response: z.object({ items: z.array(trusts.trustSchema) }),
  }),
  addTrust: route({
    method: "POST",
    path: "/projects/:project/trusts",
    summary: "Trust jobs of a repository's branch",
    permission: "member.update",
    params: inProject,
    body: trusts.addTrustBody,
    response: trusts.trustSchema,
  }),
  removeTrust: route({
    method: "DELETE",
    path: "/projects/:project/trusts/:trust",
    summary: "Trust them no longer; their tokens end at once",
    permission: "member.update",
    params: z.object({ ...project, trust: z.string() }),
    response: okSchema,
  }),
  listServiceAccounts: route({
    method: "GET",
    path: "/projects/:project/service-accounts",
    summary: "Service accounts that are the project's own or have a role in it",
    permission: "project.read",
    params: inProject,
    response: z.object({ items: z.array(trusts.serviceAccountSchema) }),
  }),
  listAllServiceAccounts: route({
    method: "GET",
    path: "/service-accounts",
    summary: "Service accounts of the whole platform",
    permission: "platform.admin",
    response: z.object({ items: z.array(trusts.serviceAccountSchema) }),
  }),
  createServiceAccount: route({
    method: "POST",
    path: "/projects/:project/service-accounts",
    summary: "Create a service account of the project",
    permission: "member.update",
    params: inProject,
    body: z.object({ name: nameSchema, role: trusts.machineRoleSchema.default("developer") }),
    response: trusts.serviceAccountSchema,
  }),
  disableServiceAccount: route({
    method: "POST",
    path: "/projects/:project/service-accounts/:account/disable",
    summary: "Disable a service account of the project and revoke its tokens",
    permission: "member.update",
    params: z.object({ ...project, account: z.string() }),
    response: trusts.serviceAccountSchema,
  }),
} as const;
