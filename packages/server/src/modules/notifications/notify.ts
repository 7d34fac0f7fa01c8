import { notificationKinds, topics } from "@pave/contract";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { findRecipients } from "./audience-store.ts";
import { deliveriesChannel, insertDeliveries, type NewDelivery } from "./delivery-store.ts";
import { keepOnlyIn, putInInboxes } from "./inbox-store.ts";
import type { NewNotification } from "./notification.ts";
import {
  closeNotification,
  findNewest,
  insertNotification,
  lockSubject,
  repeatNotification,
} from "./notification-store.ts";
import { parsePreferences } from "./preferences.ts";
import { routesFor } from "./route-store.ts";
import { dueAt } from "./schedule.ts";
import { findPeopleTarget } from "./target-store.ts";

const sameWithinMs = 600_000;

/**
 * Tells something: into inboxes, to the targets that routes lead to, and by mail to those who want it. In the caller's
 * transaction, so that it is told when what it tells has happened. The same again within a while is counted instead: a
 * message that has gone out already is followed by at most one more, at the end of that while. Gives its id.
 */
export async function notify(ctx: Ctx, given: NewNotification): Promise<string> {
  return inTransaction(ctx, async (ctx) => {
    await lockSubject(ctx, given);
    const { id, is, until } = await place(ctx, given);
    const people = (await findRecipients(ctx, [...new Set(given.to)]))
      .map((one) => ({ ...one, preferences: parsePreferences(one.preferences) }))
      .filter(({ preferences }) => !preferences.muted.includes(given.kind));
    const ids = people.map((one) => one.id);
    const told = await putInInboxes(ctx, id, ids, { onlyNew: is === "known" });
    const gone = given.within === "open" ? await keepOnlyIn(ctx, id, ids) : [];
    await insertDeliveries(ctx, [
      ...(is === "known" ? [] : await routed(ctx, given, id, until)),
      ...(await mailed(
        ctx,
        given,
        id,
        until,
        people.filter((one) => told.includes(one.id)),
      )),
    ]);
    hint(ctx, [...told, ...gone]);
    ctx.afterCommit(() => ctx.database.notify(deliveriesChannel));
    return id;
  });
}

/** It needs nobody any more: out of the inboxes, and what has not gone out yet never does. */
export async function closeSubject(ctx: Ctx, kind: NewNotification["kind"], subject: string): Promise<void> {
  hint(ctx, await closeNotification(ctx, kind, subject));
}

const hint = (ctx: Ctx, principalIds: readonly string[]): void => {
  if (principalIds.length > 0) ctx.hint(...principalIds.map((id) => topics.inbox(id)));
};

interface Placed {
  readonly id: string;
  /** `known`: it was told and is open; only who is new hears of it. */
  readonly is: "new" | "again" | "known";
  /** Until when a further message about it waits. */
  readonly until: Date | undefined;
}

async function place(ctx: Ctx, given: NewNotification): Promise<Placed> {
  const { within = sameWithinMs } = given;
  const newest = await findNewest(ctx, given);
  if (newest && within === "open") {
    await repeatNotification(ctx, newest.id, given, 0);
    return { id: newest.id, is: newest.closedAt === null ? "known" : "again", until: undefined };
  }
  const until = newest && within !== "open" ? new Date(newest.firstAt.getTime() + within) : undefined;
  if (!newest || !until || until <= ctx.clock.now())
    return { id: await insertNotification(ctx, given), is: "new", until: undefined };
  await repeatNotification(ctx, newest.id, given, 1);
  return { id: newest.id, is: "again", until };
}

async function routed(ctx: Ctx, given: NewNotification, id: string, until: Date | undefined): Promise<NewDelivery[]> {
  if ("personal" in notificationKinds[given.kind]) return [];
  const routes = await routesFor(ctx, given.kind, given.projectId);
  return routes.map((route) => ({
    notificationId: id,
    targetId: route.targetId,
    principalId: null,
    ...when(ctx, route.schedule, given, until, route.id),
  }));
}

async function mailed(
  ctx: Ctx,
  given: NewNotification,
  id: string,
  until: Date | undefined,
  people: readonly { id: string; email: string | null; preferences: ReturnType<typeof parsePreferences> }[],
): Promise<NewDelivery[]> {
  const readers = people.filter(({ email, preferences }) => email !== null && preferences.mail.includes(given.kind));
  const target = readers.length === 0 ? undefined : await findPeopleTarget(ctx);
  if (!target) return [];
  return readers.map(({ id: principalId, preferences }) => ({
    notificationId: id,
    targetId: target.id,
    principalId,
    ...when(ctx, preferences.schedule, given, until, principalId),
  }));
}

/** What waits for the same end of quiet hours or of a digest goes as one message. */
function when(
  ctx: Ctx,
  schedule: Parameters<typeof dueAt>[0],
  { urgent = false }: NewNotification,
  until: Date | undefined,
  reader: string,
): { nextAt: Date; batch: string | null } {
  const now = ctx.clock.now();
  const from = until && until > now ? until : now;
  const { at, isHeld } = dueAt(schedule, from, urgent);
  return { nextAt: at, batch: isHeld ? `${reader} ${at.toISOString()}` : null };
}
