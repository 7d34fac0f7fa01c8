import type { Ctx } from "../../db/context.ts";
import { deleteResolvedBefore } from "./alert-store.ts";
import { pruneJudgedWindows } from "./monitor-store.ts";
import { deleteEndedDeliveriesBefore } from "./webhook-store.ts";

/** For how many days what is over is kept. */
export interface AlertRetention {
  readonly alertDays: number;
  readonly deliveryDays: number;
}

const dayMs = 86_400_000;
const atOnce = 1000;

/** Forgets what has been over for long enough; the ledger still tells that it was. Once an hour is plenty. */
export async function pruneMonitors(ctx: Ctx, { alertDays, deliveryDays }: AlertRetention): Promise<void> {
  const daysAgo = (days: number) => new Date(ctx.clock.now().getTime() - days * dayMs);
  await pruneJudgedWindows(ctx);
  await inBatches((limit) => deleteEndedDeliveriesBefore(ctx, daysAgo(deliveryDays), limit));
  await inBatches((limit) => deleteResolvedBefore(ctx, daysAgo(alertDays), limit));
}

/** Nobody waits for a lock on more rows than that. */
async function inBatches(deleteSome: (limit: number) => Promise<number>): Promise<void> {
  while ((await deleteSome(atOnce)) === atOnce);
}
