import { z } from "zod";
import { nameSchema, principalRefSchema, timeSchema } from "../common.ts";
import { roles } from "../permissions.ts";

export const roleSchema = z.enum(roles);

export const sessionSchema = z.object({
  principal: principalRefSchema,
  platformAdmin: z.boolean(),
  teams: z.array(z.string()),
  /** The team that a new project belongs to when none is named. */
  owner: z.string(),
  /** Role by project name; a platform admin holds admin everywhere. */
  roles: z.record(z.string(), roleSchema),
  permissions: z.array(z.string()),
});
export type Session = z.infer<typeof sessionSchema>;

export const principalSchema = principalRefSchema.extend({
  email: z.string().nullable(),
  platformAdmin: z.boolean(),
  /** Of a service account or agent: the person or team that answers for it; null where it is the platform's own. */
  owner: z.string().nullable(),
  createdAt: timeSchema,
  disabledAt: timeSchema.nullable(),
});

export const createPrincipalBody = z.object({
  kind: z.enum(["user", "team", "service-account", "agent"]),
  name: nameSchema,
  email: z.email().optional(),
  platformAdmin: z.boolean().default(false),
});

export const teamSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** `byGroup`: a group of the OpenID provider makes it a member. */
  members: z.array(principalRefSchema.extend({ byGroup: z.boolean() })),
});

export const tokenSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** First characters, enough to recognise it. */
  hint: z.string(),
  principal: principalRefSchema,
  project: z.string().nullable(),
  scopes: z.array(z.string()).nullable(),
  createdAt: timeSchema,
  expiresAt: timeSchema,
  lastUsedAt: timeSchema.nullable(),
  revokedAt: timeSchema.nullable(),
});

export const createTokenBody = z.object({
  name: z.string().min(1).max(100),
  /** Another principal than the caller: platform admins only. */
  principal: z.string().optional(),
  project: nameSchema.optional(),
  /** Permissions the token is limited to; absent means all of its principal's. */
  scopes: z.array(z.string()).optional(),
  /** A token for `pave serve --role runner|gateway`, good for nothing else; platform admins only. */
  role: z.enum(["runner", "gateway"]).optional(),
  expiresInDays: z.number().int().min(1).max(366).default(90),
});

export const memberSchema = z.object({ principal: principalRefSchema, role: roleSchema, byGroup: z.boolean() });
