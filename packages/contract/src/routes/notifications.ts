import { z } from "zod";
import { okSchema, pageOf } from "../common.ts";
import * as notifications from "../resources/notifications.ts";
import { route } from "../route.ts";

const page = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  /** The `next` of the page before. */
  before: z.string().max(200).optional(),
};
const targetParams = z.object({ target: z.string() });

/** Beyond the permission, what belongs to a team is its members' to see and change, and the platform's its admins'. */
export const notificationRoutes = {
  listInbox: route({
    method: "GET",
    path: "/inbox",
    summary: "What I was told, the newest first",
    permission: "platform.use",
    query: z.object({
      ...page,
      show: z.enum(["all", "unread"]).default("all"),
      kind: notifications.notificationKindSchema.optional(),
    }),
    response: pageOf(notifications.inboxItemSchema),
  }),
  countInbox: route({
    method: "GET",
    path: "/inbox/unread",
    summary: "How many of it I have not read, counted to 100",
    permission: "platform.use",
    response: z.object({ unread: z.number() }),
  }),
  markInbox: route({
    method: "POST",
    path: "/inbox/read",
    summary: "Mark as read, or as not read",
    permission: "platform.use",
    body: z.object({
      /** All of it when absent. */
      ids: z.array(z.string().max(100)).max(200).optional(),
      read: z.boolean().default(true),
    }),
    response: z.object({ marked: z.number() }),
  }),
  getNotificationPreferences: route({
    method: "GET",
    path: "/notifications/preferences",
    summary: "What I am told by mail, and when",
    permission: "platform.use",
    response: notifications.preferencesSchema,
  }),
  setNotificationPreferences: route({
    method: "PUT",
    path: "/notifications/preferences",
    summary: "Choose what I am told by mail, and when",
    permission: "platform.use",
    body: notifications.preferencesBody,
    response: notifications.preferencesSchema,
  }),
  listNotificationTargets: route({
    method: "GET",
    path: "/notifications/targets",
    summary: "Where messages go",
    permission: "platform.use",
    response: z.object({ items: z.array(notifications.targetSchema) }),
  }),
  addNotificationTarget: route({
    method: "POST",
    path: "/notifications/targets",
    summary: "Add a target; what is secret of it is never shown again",
    permission: "platform.use",
    body: notifications.createTargetBody,
    response: z.object({
      target: notifications.targetSchema,
      /** That messages of a webhook are signed with; shown this once. */
      signingSecret: z.string().nullable(),
    }),
  }),
  removeNotificationTarget: route({
    method: "DELETE",
    path: "/notifications/targets/:target",
    summary: "Remove a target with its routes",
    permission: "platform.use",
    params: targetParams,
    response: okSchema,
  }),
  testNotificationTarget: route({
    method: "POST",
    path: "/notifications/targets/:target/test",
    summary: "Send a message to a target now, and say what it answered",
    permission: "platform.use",
    params: targetParams,
    response: notifications.targetTestSchema,
  }),
  listNotificationRoutes: route({
    method: "GET",
    path: "/notifications/routes",
    summary: "What goes to which target",
    permission: "platform.use",
    response: z.object({ items: z.array(notifications.notificationRouteSchema) }),
  }),
  addNotificationRoute: route({
    method: "POST",
    path: "/notifications/routes",
    summary: "Send kinds of notifications to a target",
    permission: "platform.use",
    body: notifications.createRouteBody,
    response: notifications.notificationRouteSchema,
  }),
  removeNotificationRoute: route({
    method: "DELETE",
    path: "/notifications/routes/:route",
    summary: "Send them there no longer",
    permission: "platform.use",
    params: z.object({ route: z.string() }),
    response: okSchema,
  }),
  listNotificationDeliveries: route({
    method: "GET",
    path: "/notifications/deliveries",
    summary: "What was sent, to whom, and with what success; the newest first",
    permission: "platform.use",
    query: z.object({
      ...page,
      target: z.string().max(200).optional(),
      state: z.enum(["waiting", "delivered", "failed"]).optional(),
    }),
    response: pageOf(notifications.deliverySchema),
  }),
  sendNotificationAgain: route({
    method: "POST",
    path: "/notifications/deliveries/:delivery/send-again",
    summary: "Send it again, under the same id",
    permission: "platform.use",
    params: z.object({ delivery: z.string() }),
    response: okSchema,
  }),
} as const;
