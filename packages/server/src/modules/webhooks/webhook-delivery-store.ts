import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";

/** A message that this worker has taken. */
export interface ClaimedDelivery {
  readonly id: string;
  readonly webhookId: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  readonly attempts: number;
}

/**
 * What is due, the oldest first, at most so many for each webhook, none for those that are busy here or turned off.
 * Nobody else gets them for so long; the try is counted before it is made.
 */
export async function claimDue(
  ctx: Ctx,
  { busy, perPlace, leaseMs }: { busy: readonly string[]; perPlace: number; leaseMs: number },
): Promise<ClaimedDelivery[]> {
  const now = ctx.clock.now();
  const { rows } = await sql<ClaimedDelivery>`
    update model_webhook_deliveries set next_at = ${new Date(now.getTime() + leaseMs)}, attempts = attempts + 1
    where id in (
      select x.id from model_webhooks w cross join lateral (
        select d.id from model_webhook_deliveries d
        where d.webhook_id = w.id and d.state = 'waiting' and d.next_at <= ${now}
        order by d.next_at, d.id limit ${perPlace} for update skip locked) x
      where w.active and w.id <> all(${[...busy]}::text[]))
    returning id, webhook_id as "webhookId", event, data, created_at as "createdAt", attempts`.execute(ctx.db);
  return rows;
}

export async function setDelivered(ctx: Ctx, id: string): Promise<void> {
  await ctx.db
    .updateTable("model_webhook_deliveries")
    .set({ state: "delivered", last_error: null })
    .where("id", "=", id)
    .execute();
}

/** `nextAt` null: not tried again. */
export async function setUndelivered(
  ctx: Ctx,
  id: string,
  { error, nextAt }: { readonly error: string; readonly nextAt: Date | null },
): Promise<void> {
  await ctx.db
    .updateTable("model_webhook_deliveries")
    .set({ last_error: error, ...(nextAt ? { next_at: nextAt } : { state: "failed" as const }) })
    .where("id", "=", id)
    .execute();
}

/** Forgets what was sent or given up before. */
export async function deleteEndedBefore(ctx: Ctx, time: Date): Promise<void> {
  await sql`delete from model_webhook_deliveries where state <> 'waiting' and created_at < ${time}`.execute(ctx.db);
}
