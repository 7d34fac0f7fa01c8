import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";
import type { Webhook } from "./webhook.ts";

const webhooks = (ctx: Ctx) =>
  ctx.db
    .selectFrom("model_webhooks as w")
    .innerJoin("projects as p", "p.id", "w.project_id")
    .select([
      "w.id as id",
      "w.project_id as projectId",
      "p.name as project",
      "w.name as name",
      "w.description as description",
      "w.url as url",
      "w.events as events",
      "w.secret as secret",
      "w.active as active",
      "w.created_at as createdAt",
      "w.updated_at as updatedAt",
    ]);

export async function findWebhook(ctx: Ctx, id: string): Promise<Webhook | undefined> {
  return (await webhooks(ctx).where("w.id", "=", id).executeTakeFirst()) as Webhook | undefined;
}

/** Of a project, the newest first. */
export async function listWebhooks(
  ctx: Ctx,
  { projectId, limit, offset }: { projectId: string; limit: number; offset: number },
): Promise<Webhook[]> {
  const page = webhooks(ctx)
    .where("w.project_id", "=", projectId)
    .orderBy("w.created_at", "desc")
    .orderBy("w.id")
    .limit(limit)
    .offset(offset);
  return (await page.execute()) as Webhook[];
}

export async function countWebhooks(ctx: Ctx, projectId: string): Promise<number> {
  const query = ctx.db.selectFrom("model_webhooks").where("project_id", "=", projectId);
  return (await query.select((eb) => eb.fn.countAll<number>().as("count")).executeTakeFirstOrThrow()).count;
}

export async function insertWebhook(
  ctx: Ctx,
  webhook: Omit<Webhook, "project" | "createdAt" | "updatedAt">,
): Promise<void> {
  const now = ctx.clock.now();
  const { id, name, description, url, active } = webhook;
  await ctx.db
    .insertInto("model_webhooks")
    .values({
      ...{ id, name, description, url, active, project_id: webhook.projectId },
      events: [...webhook.events],
      secret: webhook.secret === null ? null : json(webhook.secret),
      ...{ created_by: ctx.actor.principalId, created_at: now, updated_at: now },
    })
    .execute();
}

export type WebhookChange = Partial<Pick<Webhook, "name" | "description" | "url" | "events" | "secret" | "active">>;

export async function updateWebhook(ctx: Ctx, id: string, { secret, events, ...change }: WebhookChange): Promise<void> {
  await ctx.db
    .updateTable("model_webhooks")
    .set({
      ...change,
      ...(events === undefined ? {} : { events: [...events] }),
      ...(secret === undefined ? {} : { secret: secret === null ? null : json(secret) }),
      updated_at: ctx.clock.now(),
    })
    .where("id", "=", id)
    .execute();
}

export async function deleteWebhook(ctx: Ctx, id: string): Promise<void> {
  await ctx.db.deleteFrom("model_webhooks").where("id", "=", id).execute();
}
