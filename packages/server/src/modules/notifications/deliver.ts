/*
 * Sends what is due. A delivery is a row:
 *
 *   waiting ─► delivered            the target has taken it
 *   waiting ─► waiting, later       it has not: tried again with growing pauses over a day
 *   waiting ─► failed               the last try failed, or the target was removed; "send again" leads back
 *
 * A worker takes rows under a lease (their next time is put off) and counts the try before it is made, so any number of
 * workers share the work, and one that is killed leaves nothing behind but a message that may come twice, under one id.
 * Each target is served apart: a round starts what is due and waits for nobody, and a target that is busy is left alone
 * until it has answered.
 */
import type { Ctx } from "../../db/context.ts";
import { type Deliverer, serveApart } from "../../jobs/index.ts";
import { pauseAfter } from "../../kernel/retry-pauses.ts";
import { findRecipients } from "./audience-store.ts";
import {
  type Claimed,
  claimBatch,
  claimDue,
  deliveriesChannel,
  setDelivered,
  setUndelivered,
} from "./delivery-store.ts";
import { toMessage } from "./messages/message.ts";
import { findNotifications } from "./notification-store.ts";
import { notify } from "./notify.ts";
import { type SendDeps, type Sent, sendMessage } from "./send-message.ts";
import { findTarget, type TargetRow } from "./target-store.ts";

export interface DeliverDeps extends SendDeps {
  readonly portalUrl: () => string;
}

/** Of one message. */
const mostItems = 100;

export const createDeliverer = (deps: DeliverDeps): Deliverer =>
  serveApart<Claimed>({
    claim: claimDue,
    placeOf: ({ targetId }) => targetId,
    async serve(ctx, targetId, rows, signal) {
      const target = await findTarget(ctx, targetId);
      if (target) await Promise.all(rows.map((row) => sendOne(deps, ctx, target, row, signal)));
    },
    channel: deliveriesChannel,
  });

async function sendOne(
  deps: DeliverDeps,
  ctx: Ctx,
  target: TargetRow,
  claimed: Claimed,
  signal: AbortSignal,
): Promise<void> {
  const batch = await claimBatch(ctx, claimed, mostItems);
  const ids = batch.map(({ id }) => id);
  const notifications = await findNotifications(ctx, [...new Set(batch.map((one) => one.notificationId))]);
  const message = toMessage(claimed.messageId, ctx.clock.now(), notifications, deps.portalUrl());
  const sent = await sendTo(deps, ctx, target, claimed, message, signal);
  if (sent.ok) return setDelivered(ctx, ids, sent.status);
  if (signal.aborted) return;
  const pause = pauseAfter(claimed.attempts);
  const nextAt =
    pause === undefined || target.removedAt !== null
      ? null
      : new Date(ctx.clock.now().getTime() + Math.max(pause, sent.retryAfterMs ?? 0));
  ctx.log.info({ target: target.name, delivery: claimed.id, attempts: claimed.attempts }, "a message was not taken");
  await setUndelivered(ctx, ids, { status: sent.status, error: sent.answer, nextAt });
  if (nextAt === null) await tellGivenUp(ctx, target, sent.answer);
}

async function sendTo(
  deps: DeliverDeps,
  ctx: Ctx,
  target: TargetRow,
  { principalId }: Claimed,
  message: Parameters<typeof sendMessage>[2],
  signal: AbortSignal,
): Promise<Sent> {
  if (principalId === null) return sendMessage(deps, target, message, { signal });
  const [person] = await findRecipients(ctx, [principalId]);
  if (person?.email) return sendMessage(deps, target, message, { signal, to: person.email });
  return { ok: false, status: null, answer: "the person has no e-mail address any more, or cannot sign in" };
}

const dayMs = 86_400_000;

/** Into the inbox of whoever made the target, once a day however much is given up. */
async function tellGivenUp(ctx: Ctx, target: TargetRow, answer: string): Promise<void> {
  await notify(ctx, {
    kind: "delivery-failed",
    subject: target.id,
    projectId: null,
    title: `${target.name} did not take a message for a day`,
    detail: answer,
    href: "/settings/notifications",
    to: [target.createdById],
    within: dayMs,
  });
}
