import { type Ctx, inTransaction } from "../db/context.ts";
import { messageOf } from "../kernel/pave-error.ts";
import { cancelledEnd, endByServer, type Handlers } from "./end-work.ts";
import { wakeRunners } from "./enqueue-work.ts";
import { maxClaims } from "./work.ts";
import * as store from "./work-store.ts";

/**
 * Puts work whose lease has passed back into the queue, or ends it when that happened too often. What fails for one item
 * costs the others nothing.
 */
export async function reapExpiredLeases(ctx: Ctx, handlers: Handlers): Promise<number> {
  const expired = await store.findExpired(ctx);
  for (const workId of expired)
    await inTransaction(ctx, (ctx) => reapOne(ctx, handlers, workId)).catch((error: unknown) =>
      ctx.log.error({ workId, error: messageOf(error) }, "work whose lease has passed could not be ended"),
    );
  return expired.length;
}

async function reapOne(ctx: Ctx, handlers: Handlers, workId: string): Promise<void> {
  const work = await store.lockExpired(ctx, workId);
  if (!work) return;
  if (work.cancelRequested) return endByServer(ctx, handlers, work, cancelledEnd);
  if (work.claims >= maxClaims) {
    const message = `the runner that had this work was lost ${maxClaims} times; see the runner's log`;
    return endByServer(ctx, handlers, work, { outcome: "failed", reason: "infra", message });
  }
  await store.requeue(ctx, workId, 0);
  wakeRunners(ctx);
}
