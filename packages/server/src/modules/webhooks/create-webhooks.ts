import type { Ctx } from "../../db/context.ts";
import { createAddressGuard, createGuardedFetch, type GuardedFetchOptions } from "../../drivers/guarded-fetch/index.ts";
import { newId } from "../../kernel/ids.ts";
import { createWebhookDeliverer } from "./deliver-webhooks.ts";
import { sendWebhook, type WebhookAnswer } from "./send-webhook.ts";
import { type Webhook, type WebhookEvent, webhookEvents } from "./webhook.ts";
import { deleteEndedBefore } from "./webhook-delivery-store.ts";
import { createWebhook, type NewWebhook, type UpdateWebhook, updateWebhook, type WebhookDeps } from "./webhooks.ts";

/** The registry's webhooks: those who keep them, and the worker that sends. */
export interface Webhooks {
  create(ctx: Ctx, input: NewWebhook): Promise<Webhook>;
  update(ctx: Ctx, webhook: Webhook, change: UpdateWebhook): Promise<Webhook>;
  /** Sends an example now, whether it is turned on or not. */
  test(ctx: Ctx, webhook: Webhook, event: WebhookEvent): Promise<WebhookAnswer>;
  /** A round of each, for the worker. */
  deliver(ctx: Ctx): Promise<void>;
  prune(ctx: Ctx): Promise<void>;
  /** Resolves when nothing is being sent. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

const dayMs = 86_400_000;

export interface WebhooksOptions {
  readonly vault: WebhookDeps["vault"];
  /** Where webhooks may lead beside public hosts. */
  readonly outbound: GuardedFetchOptions;
  /** For how long is kept what was sent. */
  readonly days: number;
}

export function createWebhooks({ vault, outbound, days }: WebhooksOptions): Webhooks {
  const deps: WebhookDeps = { vault, fetch: createGuardedFetch(outbound), guard: createAddressGuard(outbound) };
  vault.keeps({ table: "model_webhooks", column: "secret" });
  const deliverer = createWebhookDeliverer(deps);
  return {
    create: (ctx, input) => createWebhook(deps, ctx, input),
    update: (ctx, webhook, change) => updateWebhook(deps, ctx, webhook, change),
    test: (ctx, webhook, event) =>
      sendWebhook(deps, ctx, webhook, { id: newId(), event, data: webhookEvents[event], at: ctx.clock.now() }),
    deliver: (ctx) => deliverer.deliver(ctx),
    prune: (ctx) => deleteEndedBefore(ctx, new Date(ctx.clock.now().getTime() - days * dayMs)),
    settled: () => deliverer.settled(),
    stop: () => deliverer.stop(),
  };
}
