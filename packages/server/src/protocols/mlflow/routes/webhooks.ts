import { z } from "zod";
import { trackingNotFound } from "../../../modules/tracking/index.ts";
import {
  deleteWebhook,
  findWebhook,
  listWebhooks,
  type Webhook,
  type WebhookEvent,
  type Webhooks,
  webhookEvents,
} from "../../../modules/webhooks/index.ts";
import { type Access, type Endpoint, endpoint } from "../endpoint.ts";
import { byName, list, text, upTo } from "../fields.ts";
import { webhookJson } from "../json/webhook-json.ts";
import { invalid } from "../mlflow-error.ts";
import { offsetOf, pageOf } from "../page-token.ts";
import type { Scope } from "../scope.ts";

export interface WebhookEndpointDeps {
  readonly webhooks: Pick<Webhooks, "create" | "update" | "test">;
}

/** Where things are sent is a setting of the project; addresses of webhooks are often as good as a password. */
const keeps: Access = { permission: "project.update" };

const entities = [
  ...["REGISTERED_MODEL", "MODEL_VERSION", "MODEL_VERSION_TAG", "MODEL_VERSION_ALIAS"],
  ...["PROMPT", "PROMPT_VERSION", "PROMPT_TAG", "PROMPT_VERSION_TAG", "PROMPT_ALIAS", "BUDGET_POLICY"],
];
const actions = ["CREATED", "UPDATED", "DELETED", "SET", "EXCEEDED"];
/** What clients may ask for; of prompts and budgets, which are not here, nothing is ever told. */
const known = new Set<string>([
  ...Object.keys(webhookEvents),
  ...["prompt.created", "prompt_version.created", "prompt_tag.set", "prompt_tag.deleted", "prompt_version_tag.set"],
  ...["prompt_version_tag.deleted", "prompt_alias.created", "prompt_alias.deleted", "budget_policy.exceeded"],
]);

const event = z
  .object({ entity: byName(entities), action: byName(actions) })
  .transform(({ entity, action }) => `${entity}.${action}`.toLowerCase())
  .refine((name) => known.has(name), { message: "is no event of a webhook" });
const events = list(event, 100).transform((names) => [...new Set(names)]);
const name = text.regex(
  /^(?=.{1,63}$)[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i,
  "must start and end with a letter or digit, be at most 63 characters long, and have only letters, digits, dots, underscores and hyphens",
);
const url = text.min(1, "must not be empty").max(2000, "has more than 2000 characters");
const secret = text.max(1000, "has more than 1000 characters");
const description = text.max(1000, "has more than 1000 characters");
const status = byName(["ACTIVE", "DISABLED"]);

const byId = z.object({ webhook: text });
const created = z.object({
  name,
  url,
  events: events.refine((names) => names.length > 0, { message: "must have at least one event" }),
  description: description.default(""),
  secret: secret.default(""),
  status: status.default("ACTIVE"),
});
const listed = z.object({ max_results: upTo(1000, 100), page_token: text.optional() });
const updated = byId.extend({
  name: name.optional(),
  url: url.optional(),
  events,
  description: description.optional(),
  secret: secret.optional(),
  status: status.optional(),
});

export const webhookEndpoints = ({ webhooks }: WebhookEndpointDeps): readonly Endpoint[] => [
  endpoint(["POST", "/webhooks"], keeps, created, async (scope, { status, ...input }) => {
    const { id: projectId } = await scope.project();
    const webhook = await webhooks.create(scope.ctx, { ...input, projectId, active: status === "ACTIVE" });
    return { webhook: webhookJson(webhook) };
  }),
  endpoint(["GET", "/webhooks"], keeps, listed, async (scope, input) => {
    const { id } = await scope.project();
    const found = await listWebhooks(scope.ctx, {
      projectId: id,
      limit: input.max_results + 1,
      offset: offsetOf(input),
    });
    const { items, next } = pageOf(found, input);
    return { webhooks: items.map(webhookJson), ...next };
  }),
  endpoint(["GET", "/webhooks/:webhook"], keeps, byId, async (scope, input) => ({
    webhook: webhookJson(await webhookOf(scope, input.webhook)),
  })),
  endpoint(
    ["PATCH", "/webhooks/:webhook"],
    keeps,
    updated,
    async (scope, { webhook: id, events, status, ...given }) => {
      const change = {
        ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
        ...(events.length === 0 ? {} : { events }),
        ...(status === undefined ? {} : { active: status === "ACTIVE" }),
      };
      return { webhook: webhookJson(await webhooks.update(scope.ctx, await webhookOf(scope, id), change)) };
    },
  ),
  endpoint(["DELETE", "/webhooks/:webhook"], keeps, byId, async (scope, input) => {
    await deleteWebhook(scope.ctx, await webhookOf(scope, input.webhook));
    return {};
  }),
  endpoint(
    ["POST", "/webhooks/:webhook/test"],
    keeps,
    byId.extend({ event: event.optional() }),
    async (scope, input) => {
      const webhook = await webhookOf(scope, input.webhook);
      const example = input.event ?? webhook.events[0] ?? "";
      if (!isTold(example)) throw invalid(`Of ${example} nothing is ever told here; try another event`);
      const answer = await webhooks.test(scope.ctx, webhook, example);
      if (answer.status === undefined) return { result: { success: false, error_message: answer.error } };
      const { status, body } = answer;
      return { result: { success: status < 400, response_status: status, response_body: body } };
    },
  ),
];

const isTold = (event: string): event is WebhookEvent => Object.hasOwn(webhookEvents, event);

async function webhookOf(scope: Scope, id: string): Promise<Webhook> {
  const webhook = await findWebhook(scope.ctx, id);
  if (!webhook) throw trackingNotFound(`webhook ${id}`);
  await scope.assertOn({ id: webhook.projectId, name: webhook.project }, `webhook ${id}`);
  return webhook;
}
