import type { Webhook } from "../../../modules/webhooks/index.ts";
import { optional } from "./json.ts";

/** Never with the secret. */
export const webhookJson = (webhook: Webhook) => ({
  webhook_id: webhook.id,
  name: webhook.name,
  ...optional("description", webhook.description),
  url: webhook.url,
  events: webhook.events.map((event) => {
    const [entity = "", action = ""] = event.split(".");
    return { entity: entity.toUpperCase(), action: action.toUpperCase() };
  }),
  status: webhook.active ? "ACTIVE" : "DISABLED",
  creation_timestamp: webhook.createdAt.getTime(),
  last_updated_timestamp: webhook.updatedAt.getTime(),
  workspace: webhook.project,
});
