/**
 * Tells a webhook of alerts: signed JSON, at least once, in order for each alert. Nothing waits for it; what cannot be
 * delivered is tried again with growing pauses for some hours, and its state stands beside the alert.
 */
import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Ctx } from "../../db/context.ts";
import { createGuardedFetch } from "../../drivers/guarded-fetch/index.ts";
import { messageOf } from "../../kernel/pave-error.ts";
import { backoffMs } from "../../kernel/retry.ts";
import { claimDeliveries, type DeliveryRow, dropWaiting, setDelivered, setUndelivered } from "./webhook-store.ts";

export interface Webhook {
  readonly url: string;
  /** Read at every delivery, so that it can be changed. */
  readonly secretFile: string;
}

export interface DeliverOptions {
  readonly webhook: Webhook | undefined;
  readonly portalUrl: () => string;
}

/** The operator has named the place, in the settings of the server; a redirect from there is still nobody's setting. */
const anywhere = createGuardedFetch({ allow: ["0.0.0.0/0", "::/0"], http: true });

const timeoutMs = 10_000;
const leaseMs = 30_000;
const maxAttempts = 12;
const atOnce = 10;

/** One round: everything that is due. */
export async function deliverWebhooks(ctx: Ctx, options: DeliverOptions): Promise<void> {
  const { webhook } = options;
  if (!webhook) return dropWaiting(ctx);
  for (;;) {
    const claimed = await claimDeliveries(ctx, atOnce, leaseMs);
    await Promise.all(claimed.map((delivery) => deliver(ctx, webhook, delivery, options.portalUrl())));
    if (claimed.length < atOnce) return;
  }
}

async function deliver(ctx: Ctx, webhook: Webhook, delivery: DeliveryRow, portalUrl: string): Promise<void> {
  const outcome = await post(ctx, webhook, delivery, portalUrl);
  if (outcome.error === undefined) return setDelivered(ctx, delivery.id, outcome.status);
  const isLast = delivery.attempts >= maxAttempts;
  const pauseMs = backoffMs(delivery.attempts, { baseMs: 5000, maxMs: 3_600_000 });
  const nextAt = isLast ? null : new Date(ctx.clock.now().getTime() + pauseMs);
  ctx.log.warn({ delivery: delivery.id, attempts: delivery.attempts, error: outcome.error }, "a webhook was not told");
  await setUndelivered(ctx, delivery.id, { status: outcome.status, error: outcome.error, nextAt });
}

type Outcome =
  | { readonly status: number; readonly error?: undefined }
  | { readonly status: number | null; readonly error: string };

async function post(ctx: Ctx, webhook: Webhook, delivery: DeliveryRow, portalUrl: string): Promise<Outcome> {
  try {
    const body = bodyOf(delivery, portalUrl);
    const seconds = Math.floor(ctx.clock.now().getTime() / 1000);
    const response = await anywhere(webhook.url, {
      method: "POST",
      body,
      headers: {
        "content-type": "application/json",
        "user-agent": "pave",
        "pave-delivery": delivery.id,
        "pave-signature": signature(await secretOf(webhook), seconds, body),
      },
      ...{ timeoutMs, maxBytes: 4096, beyond: "cut" },
    });
    if (response.status >= 200 && response.status < 300) return { status: response.status };
    return { status: response.status, error: `expected an answer of 200 to 299, found ${response.status}` };
  } catch (error) {
    // it names the host at most: the rest of the address may be all the secret that the receiver has
    return { status: null, error: messageOf(error).slice(0, 300) };
  }
}

async function secretOf({ secretFile }: Webhook): Promise<string> {
  const secret = await readFile(secretFile, "utf8").catch(() => "");
  if (secret.trim() === "") throw new Error("the file with the webhook's secret cannot be read, or is empty");
  return secret.trim();
}

function bodyOf({ id, payload }: DeliveryRow, portalUrl: string): string {
  const { alert, ...rest } = payload as { alert: { project: string; number: number } };
  const url = `${portalUrl}/projects/${alert.project}/monitoring/alerts/${alert.number}`;
  return JSON.stringify({ id, ...rest, alert: { ...alert, url } });
}

/** `t=<seconds>,v1=<hex>`: HMAC-SHA-256 of `<seconds>.<body>`, so that an old message cannot be sent again as a new one. */
const signature = (secret: string, seconds: number, body: string): string =>
  `t=${seconds},v1=${createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex")}`;
