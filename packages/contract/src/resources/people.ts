import { z } from "zod";
import { nameSchema, principalRefSchema, timeSchema } from "../common.ts";
import { roleSchema } from "./access.ts";

/** How the sign-in page lets people in. */
export const signInOptionsSchema = z.object({
  /** The OpenID provider, by the name on its button. */
  provider: z.object({ name: z.string(), startUrl: z.string() }).nullable(),
  /** Somebody here has one. */
  passwords: z.boolean(),
  /** Who accepts an invitation can set one. */
  mayHavePassword: z.boolean(),
});

export const passwordSchema = z.string().min(1).max(1000);

export const signInByPasswordBody = z.object({
  /** E-mail address or name. */
  account: z.string().min(1).max(320),
  password: passwordSchema,
});

export const signInMethods = ["provider", "password", "link"] as const;

/** Somebody who may sign in, or could once. */
export const personSchema = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  platformAdmin: z.boolean(),
  /** A group of the OpenID provider makes them an admin. */
  adminByGroup: z.boolean(),
  teams: z.array(z.string()),
  /** `link` is everybody's way: an admin can make one. */
  signsInBy: z.array(z.enum(signInMethods)),
  createdAt: timeSchema,
  lastSeenAt: timeSchema.nullable(),
  disabledAt: timeSchema.nullable(),
});

export const invitationSchema = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  teams: z.array(z.string()),
  /** Role by project. */
  roles: z.record(z.string(), roleSchema),
  platformAdmin: z.boolean(),
  invitedBy: principalRefSchema,
  createdAt: timeSchema,
  expiresAt: timeSchema,
  isExpired: z.boolean(),
});

export const inviteBody = z.object({
  email: z.email().max(320),
  /** Made from the address when it is not given. */
  name: nameSchema.optional(),
  teams: z.array(nameSchema).max(50).default([]),
  roles: z.record(nameSchema, roleSchema).default({}),
  platformAdmin: z.boolean().default(false),
});

/** The link is shown once; who has it can accept the invitation. */
export const madeInvitationSchema = z.object({ invitation: invitationSchema, url: z.string() });

/** What who holds the link sees before they accept. */
export const openInvitationSchema = z.object({
  email: z.string(),
  name: z.string(),
  invitedBy: z.string(),
  teams: z.array(z.string()),
  roles: z.record(z.string(), roleSchema),
  platformAdmin: z.boolean(),
  expiresAt: timeSchema,
});

/** What ended with somebody's removal. */
export const endedSchema = z.object({ sessions: z.number(), tokens: z.number() });

export const sessionListItemSchema = z.object({
  id: z.string(),
  method: z.string(),
  address: z.string(),
  userAgent: z.string(),
  startedAt: timeSchema,
  lastUsedAt: timeSchema.nullable(),
  expiresAt: timeSchema,
  isThis: z.boolean(),
});

export const accountSchema = z.object({
  principal: principalRefSchema,
  email: z.string().nullable(),
  hasPassword: z.boolean(),
  /** A password can be set here: passwords are allowed, and it is no account of the provider. */
  mayHavePassword: z.boolean(),
  /** Name of the OpenID provider that signs this person in. */
  provider: z.string().nullable(),
  sessions: z.array(sessionListItemSchema),
});

export const changePasswordBody = z.object({
  /** Needed where there is one already. */
  current: passwordSchema.optional(),
  password: passwordSchema,
});
