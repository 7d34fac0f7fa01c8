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
  /** By a person for a program, by `pave login`, or exchanged for a token of an outside CI. */
  origin: z.enum(["made", "terminal", "trust"]),
  createdAt: timeSchema,
  expiresAt: timeSchema,
  lastUsedAt: timeSchema.nullable(),
  /** The network address it was last used from. */
  lastUsedFrom: z.string().nullable(),
  /** The token that it was rotated to. */
  replacedBy: z.string().nullable(),
  revokedAt: timeSchema.nullable(),
});

export type Token = z.infer<typeof tokenSchema>;

/** A token that ends within a week is marked, so that it is rotated in time. */
export const expiresSoon = ({ expiresAt }: { readonly expiresAt: string }, now: number): boolean =>
  Date.parse(expiresAt) > now && Date.parse(expiresAt) - now < 7 * 86_400_000;

export const createTokenBody = z.object({
  name: z.string().min(1).max(100),
  /** Another principal than the caller: platform admins only. */
  principal: z.string().optional(),
  project: nameSchema.optional(),
  /** Permissions the token is limited to, or names of presets of them; absent means all of its principal's. */
  scopes: z.array(z.string()).optional(),
  /** A token for `pave serve --role runner|gateway`, good for nothing else; platform admins only. */
  role: z.enum(["runner", "gateway"]).optional(),
  expiresInDays: z.number().int().min(1).max(366).default(90),
});

export const rotateTokenBody = z.object({
  /** How long the old one stays good beside the new one. */
  overlapMinutes: z
    .number()
    .int()
    .min(0)
    .max(30 * 24 * 60)
    .default(24 * 60),
  /** Absent: as long as the old one was made for. */
  expiresInDays: z.number().int().min(1).max(366).optional(),
});

export const listTokensQuery = z.object({
  /** Those of this project, or of a service account of its own. */
  project: nameSchema.optional(),
  /** Also those that jobs of CI got for theirs; there is one for each job. */
  exchanged: z.enum(["true", "false"]).default("false"),
});

export const memberSchema = z.object({ principal: principalRefSchema, role: roleSchema, byGroup: z.boolean() });
