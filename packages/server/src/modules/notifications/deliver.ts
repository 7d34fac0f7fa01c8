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
import { messageOf } from "../../kernel/pave-error.ts";
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
import { pauseAfter } from "./retry-pauses.ts";
import { type SendDeps, type Sent, sendMessage } from "./send-message.ts";
import { findTarget, type TargetRow } from "./target-store.ts";

export interface DeliverDeps extends SendDeps {
  readonly portalUrl: () => string;
}

export interface Deliverer {
  /** One round: begins what is due. */
  deliver(ctx: Ctx): Promise<void>;
  /** Resolves when nothing that was begun is under way. */
  settled(): Promise<void>;
  /** Gives up what is under way; others send it when its lease is over. */
  stop(): Promise<void>;
}

/** At once, for each target. */
const perTarget = 4;
/** Of one message. */
const mostItems = 100;
/** Longer than any try takes. */
const leaseMs = 60_000;

export function createDeliverer(deps: DeliverDeps): Deliverer {
  const busy = new Map<string, Promise<void>>();
  const stopping = new AbortController();
  const settled = async () => {
    while (busy.size > 0) await Promise.all(busy.values());
  };
  return {
    async deliver(ctx) {
      if (stopping.signal.aborted) return;
      const claimed = await claimDue(ctx, { busy: [...busy.keys()], perTarget, leaseMs });
      for (const [targetId, rows] of Map.groupBy(claimed, (row) => row.targetId)) {
        const work = serve(deps, ctx, targetId, rows, stopping.signal).finally(() => {
          busy.delete(targetId);
          // there may be more for it
          if (rows.length === perTarget) ctx.database.notify(deliveriesChannel);
        });
        busy.set(targetId, work);
      }
    },
    settled,
    async stop() {
      stopping.abort();
      await settled();
    },
  };
}

async function serve(
  deps: DeliverDeps,
  ctx: Ctx,
  targetId: string,
  rows: readonly Claimed[],
  signal: AbortSignal,
): Promise<void> {
  try {
    const target = await findTarget(ctx, targetId);
    if (target) await Promise.all(rows.map((row) => sendOne(deps, ctx, target, row, signal)));
  } catch (error) {
    ctx.log.warn({ targetId, error: messageOf(error) }, "messages could not be sent now, and will be later");
  }
}

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
