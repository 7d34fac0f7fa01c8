import type { Ctx } from "../../db/context.ts";

/** Whether a release has ever named a version, or with null any version, of a model. */
export async function isReleased(ctx: Ctx, model: string, version: number | null): Promise<boolean> {
  let query = ctx.db.selectFrom("releases").select("id").where("model", "=", model);
  if (version !== null) query = query.where("model_version", "=", version);
  return (await query.limit(1).executeTakeFirst()) !== undefined;
}
