import type { Handlers } from "../../http/handlers.ts";
import type { DeliverDeps } from "./deliver.ts";
import { sendDeliveryAgain, showDeliveries } from "./deliveries.ts";
import { countInbox, listInbox, markInbox } from "./inbox.ts";
import { getPreferences, setPreferences } from "./preferences.ts";
import { addRoute, removeRoute, showRoutes } from "./routes.ts";
import { addTarget, removeTarget, showTargets, testTarget } from "./targets.ts";

export const notificationsRoutes = (deps: DeliverDeps) =>
  ({
    listInbox: (ctx, { query }) => listInbox(ctx, query),
    async countInbox(ctx) {
      return { unread: await countInbox(ctx) };
    },
    async markInbox(ctx, { body }) {
      return { marked: await markInbox(ctx, body) };
    },
    getNotificationPreferences: (ctx) => getPreferences(ctx),
    setNotificationPreferences: (ctx, { body }) => setPreferences(ctx, body),
    async listNotificationTargets(ctx) {
      return { items: await showTargets(ctx) };
    },
    addNotificationTarget: (ctx, { body }) => addTarget(deps, ctx, body),
    async removeNotificationTarget(ctx, { params }) {
      await removeTarget(ctx, params.target);
      return { ok: true };
    },
    testNotificationTarget: (ctx, { params }) => testTarget(deps, ctx, params.target),
    async listNotificationRoutes(ctx) {
      return { items: await showRoutes(ctx) };
    },
    addNotificationRoute: (ctx, { body }) => addRoute(ctx, body),
    async removeNotificationRoute(ctx, { params }) {
      await removeRoute(ctx, params.route);
      return { ok: true };
    },
    listNotificationDeliveries: (ctx, { query }) => showDeliveries(ctx, query),
    async sendNotificationAgain(ctx, { params }) {
      await sendDeliveryAgain(ctx, params.delivery);
      return { ok: true };
    },
  }) satisfies Handlers;
