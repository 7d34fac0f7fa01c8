/*
 * Turns facts into notifications. The ledger's sealed chain is read from where the cursor stands; each fact is told in
 * the transaction that moves the cursor past it, so that it is told once, whatever is killed when. The lease only saves
 * several workers from reading the same at once.
 */
import { type Ctx, inTransaction } from "../../db/context.ts";
import { takeLease } from "../../db/leases.ts";
import { messageOf } from "../../kernel/pave-error.ts";
import { chainHead, sealedEvents } from "../ledger/index.ts";
import type { LedgerEvent } from "./ledger-event.ts";
import { isTold, tellOfEvent } from "./tell-of-event.ts";
import { tellOfRoles } from "./tell-of-plan.ts";

const listener = "notifications";
const page = 500;
const leaseMs = 15_000;
const tries = 3;
/** What was sealed longer ago is no news; who acts on what is open is looked at whenever it was. */
const newsMs = 86_400_000;

/** One round, up to the end of the chain. A platform that never listened before begins with what comes now. */
export function createListener(holder: string): (ctx: Ctx) => Promise<void> {
  /** A fact that cannot be told is tried a few times and then passed over: it stands in nobody's way. */
  let failed = { position: 0, times: 0 };
  return async (ctx) => {
    // most rounds find nothing new, and then nothing is written
    if ((await cursorOf(ctx)) >= (await chainHead(ctx)).position) return;
    if (!(await takeLease(ctx, "notifications-listener", holder, leaseMs))) return;
    for (;;) {
      const after = await cursorOf(ctx);
      const events = await sealedEvents(ctx, { after, upTo: Number.MAX_SAFE_INTEGER, limit: page });
      for (const { position, event } of events) {
        if (!isTold(event.type) || isOld(ctx, event)) continue;
        try {
          await inTransaction(ctx, async (ctx) => {
            if (await moveCursor(ctx, position)) await tellOfEvent(ctx, event as LedgerEvent);
          });
        } catch (error) {
          failed = { position, times: failed.position === position ? failed.times + 1 : 1 };
          if (failed.times < tries) throw error;
          ctx.log.error({ event: event.id, type: event.type, error: messageOf(error) }, "an event could not be told");
        }
      }
      const last = events.at(-1);
      if (last) await moveCursor(ctx, last.position);
      if (events.length < page || !(await takeLease(ctx, "notifications-listener", holder, leaseMs))) return;
    }
  };
}

const isOld = (ctx: Ctx, { type, time }: { readonly type: string; readonly time: string }): boolean =>
  !type.startsWith("plan.") && ctx.clock.now().getTime() - Date.parse(time) > newsMs;

async function cursorOf(ctx: Ctx): Promise<number> {
  const query = ctx.db.selectFrom("outbox_cursors").select("position").where("listener", "=", listener);
  const known = await query.executeTakeFirst();
  if (known) return known.position;
  const { position } = await chainHead(ctx);
  await inTransaction(ctx, async (ctx) => {
    await ctx.db
      .insertInto("outbox_cursors")
      .values({ listener, position })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    // what waited already waits in nobody's inbox yet
    await tellOfRoles(ctx, null);
  });
  return (await query.executeTakeFirstOrThrow()).position;
}

/** False where somebody has passed it already. Holds the row, so that nobody else tells the same. */
async function moveCursor(ctx: Ctx, position: number): Promise<boolean> {
  const { numUpdatedRows } = await ctx.db
    .updateTable("outbox_cursors")
    .set({ position })
    .where("listener", "=", listener)
    .where("position", "<", position)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
