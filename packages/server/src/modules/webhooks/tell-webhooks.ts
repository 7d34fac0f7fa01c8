import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";
import type { WebhookEvent } from "./webhook.ts";

/** Hint for whoever sends; given after commit. */
export const webhooksChannel = "pave_webhooks";

/**
 * Something happened to a model of the project: in the caller's transaction, a row for each webhook that wants to hear
 * of it, so that it is told if it happened and only then.
 */
export async function tellWebhooks(
  ctx: Ctx,
  projectId: string,
  event: WebhookEvent,
  data: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { rows } = await sql`
    insert into model_webhook_deliveries (id, webhook_id, event, data, next_at, created_at)
    select gen_random_uuid()::text, id, ${event}, ${JSON.stringify(data)}::jsonb, ${ctx.clock.now()}, ${ctx.clock.now()}
    from model_webhooks where project_id = ${projectId} and active and ${event} = any(events)
    returning id`.execute(ctx.db);
  if (rows.length > 0) ctx.afterCommit(() => ctx.database.notify(webhooksChannel));
}
