import { z } from "zod";
import { nameSchema, principalRefSchema, timeSchema } from "../common.ts";
import { tierSchema } from "../spec/project-spec.ts";

/**
 * Everything that is told, in words. `personal` kinds are for single people: they go to inboxes and by mail, and no route
 * carries them. `mail` kinds are mailed to people who have chosen nothing else.
 */
export const notificationKinds = {
  "approval-wanted": { label: "Approval wanted", about: "A plan waits for a decision that you may take.", mail: true },
  "plan-decided": { label: "Plan decided", about: "A plan was approved, rejected, applied, or failed.", mail: false },
  rollback: { label: "Rollback", about: "A release was taken back, by Pave or by somebody.", mail: true },
  "run-failed": { label: "Run failed", about: "A run that you started failed.", mail: false },
  "scheduled-run-failed": { label: "Scheduled run failed", about: "A run that a schedule started failed.", mail: true },
  "backup-failed": {
    label: "Backup failed",
    about: "A backup that the schedule made, or the drill that proves one, failed.",
    mail: true,
  },
  "alert-opened": { label: "Alert opened", about: "A monitor found something that lasts.", mail: true },
  "alert-resolved": { label: "Alert resolved", about: "What a monitor had found is over.", mail: false },
  "token-expiring": {
    label: "Token expires",
    about: "A token of yours expires in a week, or in a day.",
    mail: true,
    personal: true,
  },
  "waiver-expiring": { label: "Waiver expires", about: "A waiver expires in a week, or in a day.", mail: true },
  mention: { label: "Mention", about: "Somebody names you in a comment.", mail: true, personal: true },
  "hand-over": {
    label: "Hand-over",
    about: "You are to look after something from now on.",
    mail: true,
    personal: true,
  },
  "delivery-failed": {
    label: "Delivery failed",
    about: "A message to a target was given up after a day.",
    mail: false,
    personal: true,
  },
} as const satisfies Record<string, { label: string; about: string; mail: boolean; personal?: true }>;

export type NotificationKind = keyof typeof notificationKinds;
const kindNames = Object.keys(notificationKinds) as [NotificationKind, ...NotificationKind[]];
export const notificationKindSchema = z.enum(kindNames);

const clockSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be a time of day such as 22:00");
const timeZoneSchema = z.string().refine(isTimeZone, "must be a time zone such as Europe/Berlin");

/** When messages may come. */
export const scheduleSchema = z.object({
  timeZone: timeZoneSchema.default("UTC"),
  /** From one time of day to another, over midnight where the second is the earlier. What comes then waits for the end. */
  quiet: z
    .object({ from: clockSchema, to: clockSchema, urgentPasses: z.boolean().default(true) })
    .refine(({ from, to }) => from !== to, "must begin and end at two different times")
    .nullable()
    .default(null),
  /** Collected into one message; what is urgent is not waited with. */
  digest: z.enum(["none", "hourly", "daily"]).default("none"),
  /** When a daily digest comes. */
  digestAt: clockSchema.default("08:00"),
});
export type Schedule = z.infer<typeof scheduleSchema>;

export const targetKindSchema = z.enum(["webhook", "slack", "teams", "email"]);
export type TargetKind = z.infer<typeof targetKindSchema>;

const target = { name: nameSchema, team: nameSchema.optional() };
const url = z.string().min(1).max(2000);
const address = z
  .string()
  .max(320)
  .regex(/^[^\s@<>"',;]+@[^\s@<>"',;]+$/, "must be an e-mail address");

export const createTargetBody = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("webhook"),
    ...target,
    url,
    /** `whsec_` and base64 of 24 to 64 bytes; made when absent. */
    secret: z
      .string()
      .regex(/^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/, "must be whsec_ and base64 of 24 to 64 bytes")
      .optional(),
  }),
  z.object({ kind: z.literal("slack"), ...target, url }),
  z.object({ kind: z.literal("teams"), ...target, url }),
  z.object({
    kind: z.literal("email"),
    ...target,
    host: z.string().min(1).max(253),
    port: z.int().min(1).max(65_535).default(587),
    security: z.enum(["starttls", "tls", "none"]).default("starttls"),
    user: z.string().max(320).optional(),
    password: z.string().max(1000).optional(),
    from: address,
    to: z.array(address).max(50).default([]),
    /** Mail to single people goes by it, too; the platform's, and only one. */
    forPeople: z.boolean().default(false),
  }),
]);
export type CreateTarget = z.infer<typeof createTargetBody>;

export const targetSchema = z.object({
  id: z.string(),
  name: z.string(),
  team: z.string().nullable(),
  kind: targetKindSchema,
  /** Where it leads, without what is secret: a host, or addresses. */
  place: z.string(),
  forPeople: z.boolean(),
  createdAt: timeSchema,
  createdBy: z.string(),
  /** The newest message that was sent or given up, or tried last. */
  last: z
    .object({ at: timeSchema, state: z.enum(["waiting", "delivered", "failed"]), error: z.string().nullable() })
    .nullable(),
  waiting: z.number(),
});
export type Target = z.infer<typeof targetSchema>;

/** What a target answered to a message sent just now. */
export const targetTestSchema = z.object({
  ok: z.boolean(),
  status: z.number().nullable(),
  /** What it said, shortened, or why nothing could be sent. */
  answer: z.string(),
  milliseconds: z.number(),
});
export type TargetTest = z.infer<typeof targetTestSchema>;

const routeKindSchema = notificationKindSchema.refine(
  (kind) => !("personal" in notificationKinds[kind]),
  "is told to single people only: choose it in your own preferences",
);
export const createRouteBody = z.object({
  team: nameSchema.optional(),
  target: z.string().min(1),
  kinds: z.array(routeKindSchema).max(20).default([]),
  tiers: z.array(tierSchema).max(3).default([]),
  schedule: scheduleSchema.prefault({}),
});

export const notificationRouteSchema = z.object({
  id: z.string(),
  team: z.string().nullable(),
  target: z.string(),
  targetKind: targetKindSchema,
  /** None means all. */
  kinds: z.array(notificationKindSchema),
  tiers: z.array(tierSchema),
  schedule: scheduleSchema,
});
export type NotificationRoute = z.infer<typeof notificationRouteSchema>;

export const preferencesBody = z.object({
  /** Kinds that come by mail, beside the inbox. */
  mail: z.array(notificationKindSchema),
  /** Kinds that come nowhere. */
  muted: z.array(notificationKindSchema).default([]),
  schedule: scheduleSchema.prefault({}),
});
export const preferencesSchema = preferencesBody.extend({
  /** Where mail goes; null: nowhere. */
  email: z.string().nullable(),
  /** Does the platform send mail to people? */
  mailWorks: z.boolean(),
});
export type NotificationPreferences = z.infer<typeof preferencesSchema>;

export const deliverySchema = z.object({
  id: z.string(),
  target: z.string(),
  team: z.string().nullable(),
  targetKind: targetKindSchema,
  /** Whose mail it is. */
  person: principalRefSchema.nullable(),
  kind: notificationKindSchema,
  title: z.string(),
  href: z.string(),
  project: z.string().nullable(),
  /** How often it happened. */
  count: z.number(),
  state: z.enum(["waiting", "delivered", "failed"]),
  attempts: z.number(),
  lastStatus: z.number().nullable(),
  lastError: z.string().nullable(),
  createdAt: timeSchema,
  /** The next try, or when it is due; null of what is over. */
  nextAt: timeSchema.nullable(),
  deliveredAt: timeSchema.nullable(),
});
export type Delivery = z.infer<typeof deliverySchema>;

export const inboxItemSchema = z.object({
  id: z.string(),
  kind: notificationKindSchema,
  title: z.string(),
  detail: z.string(),
  href: z.string(),
  project: z.string().nullable(),
  urgent: z.boolean(),
  count: z.number(),
  at: timeSchema,
  readAt: timeSchema.nullable(),
});
export type InboxItem = z.infer<typeof inboxItemSchema>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
