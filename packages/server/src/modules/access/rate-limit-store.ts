import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";

export interface AttemptCount {
  readonly count: number;
  readonly until: Date;
}

/** One more of this key, in one statement and committed at once; a count whose time is over starts again. */
export async function countAttempt(ctx: Ctx, key: string, withinMs: number): Promise<AttemptCount> {
  const now = ctx.clock.now();
  const isOver = sql<boolean>`access_attempts.until <= ${now}`;
  return ctx.database.kysely
    .insertInto("access_attempts")
    .values({ key, count: 1, until: new Date(now.getTime() + withinMs) })
    .onConflict((conflict) =>
      conflict.column("key").doUpdateSet({
        count: sql`case when ${isOver} then 1 else least(access_attempts.count, 1000000) + 1 end`,
        until: sql`case when ${isOver} then excluded.until else access_attempts.until end`,
      }),
    )
    .returning(["count", "until"])
    .executeTakeFirstOrThrow();
}

export async function forgiveAttempts(ctx: Ctx, keys: readonly string[]): Promise<void> {
  await ctx.database.kysely
    .updateTable("access_attempts")
    .set({ count: sql`greatest(count - 1, 0)` })
    .where("key", "in", [...keys])
    .execute();
}

/** Counts whose time is over. */
export async function pruneAttempts(ctx: Ctx): Promise<void> {
  await ctx.db.deleteFrom("access_attempts").where("until", "<=", ctx.clock.now()).execute();
}
