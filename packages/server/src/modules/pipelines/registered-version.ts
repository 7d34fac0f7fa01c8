import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";

/** The version of the model that the newest run of a revision registered, or found that it is already; none without one. */
export async function registeredVersion(
  ctx: Ctx,
  { revisionId, model }: { readonly revisionId: string; readonly model: string },
): Promise<number | undefined> {
  const row = await ctx.db
    .selectFrom("runs as r")
    .innerJoin("steps as s", "s.run_id", "r.id")
    .select(sql<number>`(s.result->>'version')::int`.as("version"))
    .where("r.revision_id", "=", revisionId)
    .where("s.kind", "=", "register")
    .where("s.state", "=", "succeeded")
    .where(sql`s.result->>'model'`, "=", model)
    .orderBy("r.number", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.version;
}
