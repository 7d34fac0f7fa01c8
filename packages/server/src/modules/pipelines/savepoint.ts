import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";

/** Runs `fn` so that what it wrote is undone when it throws, while the transaction around it goes on. */
export async function withSavepoint<T>(ctx: Ctx, fn: () => Promise<T>): Promise<T> {
  await sql`savepoint pave`.execute(ctx.db);
  try {
    const result = await fn();
    await sql`release savepoint pave`.execute(ctx.db);
    return result;
  } catch (error) {
    await sql`rollback to savepoint pave`.execute(ctx.db);
    throw error;
  }
}
