export { createWebhooks, type Webhooks } from "./create-webhooks.ts";
export { tellWebhooks, webhooksChannel } from "./tell-webhooks.ts";
export { type Webhook, type WebhookEvent, webhookEvents } from "./webhook.ts";
export { deleteWebhook, findWebhook, listWebhooks } from "./webhooks.ts";
