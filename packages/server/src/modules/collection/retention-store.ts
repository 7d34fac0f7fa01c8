import type { Ctx } from "../../db/context.ts";

export interface RetentionRow {
  readonly deletedDays: number | null;
  readonly runDays: number | null;
}

export async function findRetention(ctx: Ctx, projectId: string): Promise<RetentionRow> {
  const row = await ctx.db
    .selectFrom("project_retention")
    .select(["deleted_days as deletedDays", "run_days as runDays"])
    .where("project_id", "=", projectId)
    .executeTakeFirst();
  return row ?? { deletedDays: null, runDays: null };
}

export async function putRetention(ctx: Ctx, projectId: string, { deletedDays, runDays }: RetentionRow): Promise<void> {
  const values = {
    ...{ deleted_days: deletedDays, run_days: runDays },
    ...{ updated_at: ctx.clock.now(), updated_by: ctx.actor.principalId },
  };
  await ctx.db
    .insertInto("project_retention")
    .values({ project_id: projectId, ...values })
    .onConflict((conflict) => conflict.column("project_id").doUpdateSet(values))
    .execute();
}
