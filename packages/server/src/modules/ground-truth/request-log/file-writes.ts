/**
 * A file of the request log lies in the store before its row is in the database, and a kill may come between. So its key
 * is written down first:
 *
 *   begun (row of `request_log_writes`) → bytes in the store → kept (one transaction: spool and this row go, the file's row comes)
 *
 * Killed before the last step, the spool is whole and the next round makes another file of it; what lies under the key
 * is removed a day later. A writer gives up long before that, and one that was overtaken keeps nothing: its row is gone.
 */
import { type Ctx, inTransaction } from "../../../db/context.ts";
import type { ArtifactStore } from "../../artifacts/index.ts";

/** No writer works longer on one file. */
export const writeTimeoutMs = 600_000;
const abandonedAfterMs = 24 * 3_600_000;
const atOnce = 100;

export async function beginWrite(ctx: Ctx, store: ArtifactStore): Promise<string> {
  const key = store.newKey();
  await ctx.db.insertInto("request_log_writes").values({ key, store: store.name, begun_at: ctx.clock.now() }).execute();
  return key;
}

/** In the transaction that keeps the file; false when it was taken for abandoned. */
export async function endWrite(ctx: Ctx, key: string): Promise<boolean> {
  const row = await ctx.db.deleteFrom("request_log_writes").where("key", "=", key).returning("key").executeTakeFirst();
  return row !== undefined;
}

/** By the writer, who keeps nothing of it. */
export async function dropWrite(ctx: Ctx, store: ArtifactStore, key: string): Promise<void> {
  await store.delete(key);
  await endWrite(ctx, key);
}

/** What no writer can be at any more; so many a round. */
export async function dropAbandonedWrites(ctx: Ctx, store: ArtifactStore): Promise<void> {
  const rows = await ctx.db
    .selectFrom("request_log_writes")
    .select("key")
    .where("store", "=", store.name)
    .where("begun_at", "<", new Date(ctx.clock.now().getTime() - abandonedAfterMs))
    .orderBy("begun_at")
    .limit(atOnce)
    .execute();
  // the row is held while the bytes go: it is never both abandoned and kept
  for (const { key } of rows)
    await inTransaction(ctx, async (ctx) => {
      if (await endWrite(ctx, key)) await store.delete(key);
    });
}
