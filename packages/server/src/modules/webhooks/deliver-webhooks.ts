import type { Ctx } from "../../db/context.ts";
import { type Deliverer, serveApart } from "../../jobs/index.ts";
import { pauseAfter } from "../../kernel/retry-pauses.ts";
import { recordEvent } from "../ledger/index.ts";
import { sendWebhook, type WebhookAnswer } from "./send-webhook.ts";
import { webhooksChannel } from "./tell-webhooks.ts";
import type { Webhook } from "./webhook.ts";
import { type ClaimedDelivery, claimDue, setDelivered, setUndelivered } from "./webhook-delivery-store.ts";
import { findWebhook } from "./webhook-store.ts";
import type { WebhookDeps } from "./webhooks.ts";

/** Sends what is due, each webhook apart. */
export const createWebhookDeliverer = (deps: WebhookDeps): Deliverer =>
  serveApart<ClaimedDelivery>({
    claim: claimDue,
    placeOf: ({ webhookId }) => webhookId,
    async serve(ctx, webhookId, rows, signal) {
      const webhook = await findWebhook(ctx, webhookId);
      if (webhook) await Promise.all(rows.map((row) => sendOne(deps, ctx, webhook, row, signal)));
    },
    channel: webhooksChannel,
  });

async function sendOne(
  deps: WebhookDeps,
  ctx: Ctx,
  webhook: Webhook,
  row: ClaimedDelivery,
  signal: AbortSignal,
): Promise<void> {
  const { id, event, data, createdAt: at } = row;
  const answer = await sendWebhook(deps, ctx, webhook, { id, event, data, at }, signal);
  const problem = problemOf(answer);
  if (problem === undefined) return setDelivered(ctx, id);
  if (signal.aborted) return;
  const pause = pauseAfter(row.attempts);
  const nextAt = pause === undefined ? null : new Date(ctx.clock.now().getTime() + pause);
  ctx.log.info({ webhook: webhook.name, delivery: id, attempts: row.attempts, problem }, "a webhook was not taken");
  await setUndelivered(ctx, id, { error: problem, nextAt });
  if (nextAt === null)
    await recordEvent(ctx, {
      type: "webhook.given-up",
      subjectType: "webhook",
      subjectId: webhook.id,
      projectId: webhook.projectId,
      result: "failed",
      data: { name: webhook.name, event, problem },
    });
}

/** As in MLflow, whatever is below 400 is taken. */
function problemOf(answer: WebhookAnswer): string | undefined {
  if (answer.status === undefined) return answer.error.slice(0, 300);
  return answer.status < 400 ? undefined : `expected an answer below 400, found ${answer.status}`;
}
