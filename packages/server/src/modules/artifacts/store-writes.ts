/**
 * Bytes lie in the store before the row that names them is in the database, and a kill may come between. So their key is
 * written down first:
 *
 *   begun (row of `store_writes`) → bytes in the store → kept (one transaction: this row goes, the one that names them comes)
 *
 * What lies under the key of a write that was never ended is removed a day later. One that was overtaken by that keeps
 * nothing: its row is gone.
 */
import { type Ctx, inTransaction } from "../../db/context.ts";
import { messageOf } from "../../kernel/pave-error.ts";
import type { ArtifactStore } from "./stores/artifact-store.ts";

const abandonedAfterMs = 24 * 3_600_000;
const atOnce = 100;

/** Outside of any transaction: a key that could be rolled back is not written down. */
export async function beginWrite(ctx: Ctx, store: ArtifactStore): Promise<string> {
  const key = store.newKey();
  await ctx.db.insertInto("store_writes").values({ key, store: store.name, begun_at: ctx.clock.now() }).execute();
  return key;
}

/** In the transaction that keeps the bytes; false when they were taken for abandoned. */
export async function endWrite(ctx: Ctx, key: string): Promise<boolean> {
  const row = await ctx.db.deleteFrom("store_writes").where("key", "=", key).returning("key").executeTakeFirst();
  return row !== undefined;
}

/** What lies under the key is nobody's, and may be removed at once. */
export async function noteUnkept(ctx: Ctx, store: ArtifactStore, key: string): Promise<void> {
  await ctx.db
    .insertInto("store_writes")
    .values({ key, store: store.name, begun_at: new Date(0) })
    .execute();
}

/** By the writer, who keeps nothing of it. */
export async function dropWrite(ctx: Ctx, store: ArtifactStore, key: string): Promise<void> {
  await store.delete(key);
  await endWrite(ctx, key);
}

/**
 * Held while bytes that a row named when it was read must stay: by a backup that copies them, together with others, and
 * alone by whoever takes rows of blobs away.
 */
export const bytesInUse = 4_720_164;

/** What no writer can be at any more; so many a round, and how many it were. What cannot be removed is logged, and keeps nothing else. */
export async function dropAbandonedWrites(ctx: Ctx, store: ArtifactStore): Promise<number> {
  const rows = await ctx.db
    .selectFrom("store_writes")
    .select("key")
    .where("store", "=", store.name)
    .where("begun_at", "<", new Date(ctx.clock.now().getTime() - abandonedAfterMs))
    .orderBy("begun_at")
    .limit(atOnce)
    .execute();
  let dropped = 0;
  for (const { key } of rows)
    await dropUnkept(ctx, store, key).then(
      () => {
        dropped += 1;
      },
      (error: unknown) =>
        ctx.log.error({ key, error: messageOf(error) }, "what a write left in the artifact store could not be removed"),
    );
  return dropped;
}

/** The row is held while the bytes go: a write is never both given up and kept. */
export const dropUnkept = (ctx: Ctx, store: ArtifactStore, key: string): Promise<void> =>
  inTransaction(ctx, async (ctx) => {
    if (await endWrite(ctx, key)) await store.delete(key);
  });
