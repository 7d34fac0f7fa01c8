import { z } from "zod";
import { nameSchema, principalRefSchema, timeSchema } from "../common.ts";

export const issuerKinds = ["github", "gitlab"] as const;
export type IssuerKind = (typeof issuerKinds)[number];

/** An outside CI whose tokens may be exchanged; PAVE_CI_ISSUERS names them. */
export const issuerSchema = z.object({ url: z.string(), kind: z.enum(issuerKinds) });
export type Issuer = z.infer<typeof issuerSchema>;

/** Roles that a machine can hold by a trust: approvals are people's. */
export const machineRoles = ["viewer", "developer"] as const;
export const machineRoleSchema = z.enum(machineRoles);

/** `*` stands for any characters of one part of the name, as in `release/*`. */
const pattern = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\s\p{C}]+$/u, "must be a name as git has it")
  .refine((text) => !/^[*/]+$/.test(text), "must name something: `*` alone would let in everything")
  .refine((text) => text.split("*").length <= 3, "must have at most two `*`");

/** `org/repo`; GitLab's groups may have groups in them. */
const repository = z
  .string()
  .max(300)
  .regex(/^[\w.-]+(\/[\w.-]+)+$/, "must be a repository as ORG/REPO, without a host and without .git");

export const trustSchema = z.object({
  id: z.string(),
  project: z.string(),
  issuer: z.string(),
  kind: z.enum(issuerKinds),
  repository: z.string(),
  /** The repository's number at its host, kept when its first job came. */
  repositoryId: z.string().nullable(),
  branch: z.string().nullable(),
  tag: z.string().nullable(),
  pullRequests: z.boolean(),
  /** The environment of the CI that the job must run in. */
  jobEnvironment: z.string().nullable(),
  /** The file of the workflow, in this repository. */
  workflow: z.string().nullable(),
  /** GitLab: branches and tags that are not protected may come too. */
  unprotected: z.boolean(),
  serviceAccount: principalRefSchema,
  role: z.string().nullable(),
  scopes: z.array(z.string()),
  createdBy: principalRefSchema,
  createdAt: timeSchema,
  lastUsedAt: timeSchema.nullable(),
});
export type Trust = z.infer<typeof trustSchema>;

export const addTrustBody = z
  .object({
    issuer: z.string().max(300),
    repository,
    repositoryId: z.string().regex(/^\d+$/, "must be a number").optional(),
    branch: pattern.optional(),
    tag: pattern.optional(),
    pullRequests: z.boolean().default(false),
    jobEnvironment: z.string().min(1).max(255).optional(),
    workflow: z.string().min(1).max(300).optional(),
    unprotected: z.boolean().default(false),
    /** One of the project's; made when it is not there. Default: `<project>-ci`. */
    serviceAccount: nameSchema.optional(),
    role: machineRoleSchema.default("developer"),
    /** Fewer permissions than the role has, or a preset of them. */
    scopes: z.array(z.string()).min(1).optional(),
  })
  .refine(({ branch, tag, pullRequests }) => branch !== undefined || tag !== undefined || pullRequests, {
    message: "expected a branch, a tag or pull requests: a whole repository is not to be trusted",
    path: ["branch"],
  });

export const serviceAccountSchema = principalRefSchema.extend({
  /** Whose own it is; null is the platform's. */
  project: z.string().nullable(),
  roles: z.array(z.object({ project: z.string(), role: z.string() })),
  /** Tokens that are good now, exchanged ones aside. */
  tokens: z.number().int(),
  lastUsedAt: timeSchema.nullable(),
  createdAt: timeSchema,
  disabledAt: timeSchema.nullable(),
});
export type ServiceAccount = z.infer<typeof serviceAccountSchema>;
