import type { Ctx } from "../../db/context.ts";
import { deleteEndedBefore } from "./delivery-store.ts";
import { deleteNotificationsBefore } from "./notification-store.ts";

const dayMs = 86_400_000;
const atOnce = 1000;

/** Forgets what was told so many days ago, with what was sent of it. What is open, or still to be sent, stays. */
export async function pruneNotifications(ctx: Ctx, days: number): Promise<void> {
  const before = new Date(ctx.clock.now().getTime() - days * dayMs);
  while ((await deleteEndedBefore(ctx, before, atOnce)) === atOnce);
  while ((await deleteNotificationsBefore(ctx, before, atOnce)) === atOnce);
}
