import type { Ctx } from "../db/context.ts";
import type { WorkResult } from "./work.ts";

/** Undefined until the work has ended. */
export async function findWorkResult(ctx: Ctx, workId: string): Promise<WorkResult | undefined> {
  const row = await ctx.db
    .selectFrom("work")
    .select("result")
    .where("id", "=", workId)
    .where("state", "in", ["done", "cancelled"])
    .executeTakeFirst();
  return (row?.result as WorkResult | null | undefined) ?? undefined;
}
