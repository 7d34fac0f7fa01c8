import { createHmac } from "node:crypto";
import type { Ctx } from "../../db/context.ts";
import { messageOf } from "../../kernel/pave-error.ts";
import { secretContext, type Webhook } from "./webhook.ts";
import type { WebhookDeps } from "./webhooks.ts";

export interface WebhookMessage {
  /** The same whenever it is sent again. */
  readonly id: string;
  readonly event: string;
  /** When it happened. */
  readonly at: Date;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What came of one try; `status` is missing where nobody answered. */
export type WebhookAnswer =
  | { readonly status: number; readonly body: string }
  | { readonly status?: undefined; readonly error: string };

const timeoutMs = 10_000;
const answerBytes = 4096;

/** One try, with the headers and the body that MLflow sends. Never throws: what goes wrong is an answer. */
export async function sendWebhook(
  deps: Pick<WebhookDeps, "vault" | "fetch">,
  ctx: Ctx,
  webhook: Webhook,
  message: WebhookMessage,
  signal?: AbortSignal,
): Promise<WebhookAnswer> {
  try {
    const secret = webhook.secret === null ? null : await deps.vault.open(webhook.secret, secretContext(webhook.id));
    const [entity, action] = message.event.split(".");
    const body = JSON.stringify({
      entity,
      action,
      // as Python writes it
      timestamp: message.at.toISOString().replace("Z", "+00:00"),
      data: message.data,
      workspace: webhook.project,
    });
    const at = String(Math.floor(ctx.clock.now().getTime() / 1000));
    const response = await deps.fetch(webhook.url, {
      method: "POST",
      body,
      headers: {
        "Content-Type": "application/json",
        "X-MLflow-Delivery-Id": message.id,
        "X-MLflow-Timestamp": at,
        ...(secret === null ? {} : { "X-MLflow-Signature": signatureOf(secret, message.id, at, body) }),
      },
      ...{ timeoutMs, maxBytes: answerBytes, beyond: "cut" },
      ...(signal ? { signal } : {}),
    });
    return { status: response.status, body: response.body.toString("utf8") };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

const signatureOf = (secret: string, id: string, at: string, body: string): string =>
  `v1,${createHmac("sha256", secret).update(`${id}.${at}.${body}`).digest("base64")}`;
