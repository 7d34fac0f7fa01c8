import { sql } from "kysely";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";
import { newId } from "../../kernel/ids.ts";
import type { AlertRow } from "./alert-store.ts";

export type WebhookEvent = "alert.opened" | "alert.acknowledged" | "alert.resolved";

/** Hint for whoever delivers; sent after commit. */
export const webhookChannel = "pave_webhook";

export interface DeliveryRow {
  readonly id: string;
  readonly alertId: string;
  readonly event: WebhookEvent;
  readonly payload: unknown;
  readonly state: "waiting" | "delivered" | "failed";
  readonly attempts: number;
  readonly nextAt: Date;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  readonly createdAt: Date;
  readonly deliveredAt: Date | null;
}

const columns = [
  "id",
  "alert_id as alertId",
  "event",
  "payload",
  "state",
  "attempts",
  "next_at as nextAt",
  "last_status as lastStatus",
  "last_error as lastError",
  "created_at as createdAt",
  "delivered_at as deliveredAt",
] as const;

/** To be told, in the transaction of what it tells. */
export async function addDelivery(ctx: Ctx, alert: AlertRow, event: WebhookEvent): Promise<void> {
  const now = ctx.clock.now();
  const payload = {
    event,
    at: now.toISOString(),
    alert: {
      ...{ id: alert.id, number: alert.number, kind: alert.kind, severity: alert.severity, state: alert.state },
      ...{ title: alert.title, reason: alert.reason, fix: alert.fix, project: alert.project },
      ...{ environment: alert.environment, deployment: alert.deployment, release: alert.release },
      ...{ model: alert.model, modelVersion: alert.modelVersion === null ? null : String(alert.modelVersion) },
      openedAt: alert.openedAt.toISOString(),
      acknowledgedBy: alert.acknowledgedBy,
      resolution: alert.resolution,
    },
  };
  await ctx.db
    .insertInto("webhook_deliveries")
    .values({ id: newId(), alert_id: alert.id, event, payload: json(payload), next_at: now, created_at: now })
    .execute();
  ctx.afterCommit(() => ctx.database.notify(webhookChannel));
}

/** Those that are due and come after no other of the same alert; nobody else gets them for so long. */
export async function claimDeliveries(ctx: Ctx, limit: number, leaseMs: number): Promise<DeliveryRow[]> {
  const now = ctx.clock.now();
  const due = sql<string>`(select id from webhook_deliveries d where state = 'waiting' and next_at <= ${now}
    and not exists (select from webhook_deliveries e where e.alert_id = d.alert_id and e.state = 'waiting' and e.id < d.id)
    order by id limit ${limit} for update skip locked)`;
  return (await ctx.db
    .updateTable("webhook_deliveries")
    .set({ next_at: new Date(now.getTime() + leaseMs), attempts: sql`attempts + 1` })
    .where(sql<boolean>`id in ${due}`)
    .returning(columns)
    .execute()) as DeliveryRow[];
}

export async function setDelivered(ctx: Ctx, id: string, status: number): Promise<void> {
  await ctx.db
    .updateTable("webhook_deliveries")
    .set({ state: "delivered", last_status: status, last_error: null, delivered_at: ctx.clock.now() })
    .where("id", "=", id)
    .execute();
}

/** `nextAt` null: not tried again. */
export async function setUndelivered(
  ctx: Ctx,
  id: string,
  { status, error, nextAt }: { status: number | null; error: string; nextAt: Date | null },
): Promise<void> {
  await ctx.db
    .updateTable("webhook_deliveries")
    .set({
      last_status: status,
      last_error: error,
      ...(nextAt ? { next_at: nextAt } : { state: "failed" as const }),
    })
    .where("id", "=", id)
    .execute();
}

/** The oldest first. */
export async function listDeliveries(ctx: Ctx, alertId: string): Promise<DeliveryRow[]> {
  return (await ctx.db
    .selectFrom("webhook_deliveries")
    .select(columns)
    .where("alert_id", "=", alertId)
    .orderBy("id")
    .execute()) as DeliveryRow[];
}

/** What waits while nobody is to be told. */
export async function dropWaiting(ctx: Ctx): Promise<void> {
  await ctx.db.deleteFrom("webhook_deliveries").where("state", "=", "waiting").execute();
}

/** How many were forgotten, at most so many; what is still to be told never is. */
export async function deleteEndedDeliveriesBefore(ctx: Ctx, time: Date, limit: number): Promise<number> {
  const { rows } = await sql`
    delete from webhook_deliveries where id in (
      select d.id from webhook_deliveries d where d.state <> 'waiting' and d.created_at < ${time}
      order by d.created_at limit ${limit} for update skip locked)
    returning id`.execute(ctx.db);
  return rows.length;
}
