/*
 * Webhooks of the registry as MLflow has them. What happens to a model is written beside the change as a row for each
 * webhook that wants to hear of it, and sent after the commit:
 *
 *   waiting ─► delivered            the receiver answered 200 to 399
 *   waiting ─► waiting, later       it did not: tried again with growing pauses over a day
 *   waiting ─► failed               the last try failed; the ledger says so
 */
import type { Sealed } from "../secrets/index.ts";

/** What happens, in MLflow's words, with an example of what is told of it: that is what a test sends. */
export const webhookEvents = {
  "registered_model.created": {
    name: "example_model",
    tags: { example_key: "example_value" },
    description: "An example registered model",
  },
  "model_version.created": {
    name: "example_model",
    version: "1",
    source: "models:/123",
    run_id: "abcd1234abcd5678",
    tags: { example_key: "example_value" },
    description: "An example model version",
  },
  "model_version_tag.set": { name: "example_model", version: "1", key: "example_key", value: "example_value" },
  "model_version_tag.deleted": { name: "example_model", version: "1", key: "example_key" },
  "model_version_alias.created": { name: "example_model", alias: "example_alias", version: "1" },
  "model_version_alias.deleted": { name: "example_model", alias: "example_alias" },
} as const;
export type WebhookEvent = keyof typeof webhookEvents;

export interface Webhook {
  readonly id: string;
  readonly projectId: string;
  readonly project: string;
  readonly name: string;
  readonly description: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly secret: Sealed | null;
  readonly active: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What the vault binds a webhook's secret to. */
export const secretContext = (webhookId: string): string => `webhook/${webhookId}`;
