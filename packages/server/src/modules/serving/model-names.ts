import type { Ctx } from "../../db/context.ts";

/** Where a release of some version of the model runs or is about to, such as `late in staging`; undefined where none does. */
export async function whereLive(ctx: Ctx, model: string): Promise<string | undefined> {
  const live = await ctx.db
    .selectFrom("releases as r")
    .innerJoin("deployments as d", "d.id", "r.deployment_id")
    .select(["d.name as name", "d.environment as environment"])
    .where("r.model", "=", model)
    .where("r.state", "in", ["pending", "rolling-out", "active"])
    .orderBy("d.environment")
    .orderBy("d.name")
    .limit(1)
    .executeTakeFirst();
  return live && `${live.name} in ${live.environment}`;
}

/** What ran under the old name can be explained, and gone back to, under the new one. */
export async function renameReleased(ctx: Ctx, from: string, to: string): Promise<void> {
  await ctx.db.updateTable("releases").set({ model: to }).where("model", "=", from).execute();
}
