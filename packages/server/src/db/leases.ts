import { sql } from "kysely";
import type { Ctx } from "./context.ts";

/** Takes or renews a named lease; false when another holder has it. Time is the database's, so clocks need not agree. */
export async function takeLease(ctx: Ctx, name: string, holder: string, milliseconds: number): Promise<boolean> {
  const until = sql<Date>`clock_timestamp() + ${milliseconds} * interval '1 millisecond'`;
  const row = await ctx.db
    .insertInto("leases")
    .values({ name, holder, until })
    .onConflict((conflict) =>
      conflict
        .column("name")
        .doUpdateSet({
          holder,
          until,
          fence: sql`leases.fence + case when leases.holder = ${holder} then 0 else 1 end`,
        })
        .where((eb) =>
          eb.or([eb("leases.holder", "=", holder), eb("leases.until", "<", sql<Date>`clock_timestamp()`)]),
        ),
    )
    .returning("holder")
    .executeTakeFirst();
  return row !== undefined;
}

export async function dropLease(ctx: Ctx, name: string, holder: string): Promise<void> {
  await ctx.db.deleteFrom("leases").where("name", "=", name).where("holder", "=", holder).execute();
}
