import { type Ctx, inTransaction } from "../../db/context.ts";
import type { AddressGuard, GuardedFetch } from "../../drivers/guarded-fetch/index.ts";
import { newId } from "../../kernel/ids.ts";
import { must, PaveError } from "../../kernel/pave-error.ts";
import { recordEvent } from "../ledger/index.ts";
import type { Vault } from "../secrets/index.ts";
import { secretContext, type Webhook } from "./webhook.ts";
import * as store from "./webhook-store.ts";

export interface WebhookDeps {
  readonly vault: Pick<Vault, "seal" | "open" | "keeps">;
  readonly fetch: GuardedFetch;
  readonly guard: Pick<AddressGuard, "addressesOf">;
}

export interface NewWebhook {
  readonly projectId: string;
  readonly name: string;
  readonly description: string;
  readonly url: string;
  readonly events: readonly string[];
  /** What messages are signed with; "" for none. */
  readonly secret: string;
  readonly active: boolean;
}

/** More of them in a project are a mistake of a script. */
const mostWebhooks = 100;

/** The secret is sealed and never shown again. Throws `network.refused` where the server may not connect to. */
export async function createWebhook(deps: WebhookDeps, ctx: Ctx, input: NewWebhook): Promise<Webhook> {
  await assertReachable(deps, input.url);
  const id = newId();
  const secret = await sealed(deps, id, input.secret);
  await inTransaction(ctx, async (ctx) => {
    if ((await store.countWebhooks(ctx, input.projectId)) >= mostWebhooks)
      throw new PaveError("webhook.invalid", `The project has ${mostWebhooks} webhooks already`, {
        fix: "Delete those that nobody needs",
      });
    await store.insertWebhook(ctx, { ...input, id, secret });
    await record(ctx, "webhook.created", { ...input, id });
  });
  return getWebhook(ctx, id);
}

export interface UpdateWebhook extends Partial<Omit<NewWebhook, "projectId">> {}

export async function updateWebhook(
  deps: WebhookDeps,
  ctx: Ctx,
  webhook: Webhook,
  { secret, ...change }: UpdateWebhook,
): Promise<Webhook> {
  if (change.url !== undefined) await assertReachable(deps, change.url);
  const sealedSecret = secret === undefined ? {} : { secret: await sealed(deps, webhook.id, secret) };
  await inTransaction(ctx, async (ctx) => {
    await store.updateWebhook(ctx, webhook.id, { ...change, ...sealedSecret });
    await record(ctx, "webhook.updated", { ...webhook, ...change });
  });
  return getWebhook(ctx, webhook.id);
}

/** What it was still to be sent goes with it. */
export async function deleteWebhook(ctx: Ctx, webhook: Webhook): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    await store.deleteWebhook(ctx, webhook.id);
    await record(ctx, "webhook.deleted", webhook);
  });
}

export const findWebhook = store.findWebhook;
export const listWebhooks = store.listWebhooks;

const getWebhook = async (ctx: Ctx, id: string): Promise<Webhook> =>
  must(await store.findWebhook(ctx, id), "the webhook just changed");

const sealed = async ({ vault }: WebhookDeps, id: string, secret: string) =>
  secret === "" ? null : vault.seal(secret, secretContext(id));

/** Before anything is kept; sending looks again, at what the name leads to then. */
async function assertReachable({ guard }: WebhookDeps, url: string): Promise<void> {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.username !== "" || parsed.password !== "")
    throw new PaveError("webhook.invalid", "url: expected a URL of http or https without a name and a password", {
      fix: "Give an address such as https://hooks.example.com/models",
    });
  await guard.addressesOf(parsed.hostname);
}

/** Paths of such URLs often are as good as a password: the ledger has the host. */
const record = (
  ctx: Ctx,
  type: string,
  { id, projectId, name, url, events }: Pick<Webhook, "id" | "projectId" | "name" | "url" | "events">,
) =>
  recordEvent(ctx, {
    type,
    subjectType: "webhook",
    subjectId: id,
    projectId,
    data: { name, host: new URL(url).host, events },
  });
