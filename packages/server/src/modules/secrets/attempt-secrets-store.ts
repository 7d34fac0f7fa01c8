import type { Ctx } from "../../db/context.ts";

export interface TakenSecret {
  /** Of the secret or the connection. */
  readonly secretId: string;
  readonly name: string;
  readonly version: number;
}

/** What an attempt was given, kept once: false where it was noted before. A later claim may get a newer version. */
export async function noteTaken(ctx: Ctx, attemptId: string, taken: TakenSecret): Promise<boolean> {
  const row = await ctx.db
    .insertInto("attempt_secrets")
    .values({
      attempt_id: attemptId,
      secret_id: taken.secretId,
      name: taken.name,
      version: taken.version,
      taken_at: ctx.clock.now(),
    })
    .onConflict((conflict) => conflict.columns(["attempt_id", "secret_id"]).doNothing())
    .returning("attempt_id")
    .executeTakeFirst();
  if (row) return true;
  await ctx.db
    .updateTable("attempt_secrets")
    .set({ version: taken.version })
    .where("attempt_id", "=", attemptId)
    .where("secret_id", "=", taken.secretId)
    .execute();
  return false;
}

export const findTaken = (ctx: Ctx, attemptId: string): Promise<TakenSecret[]> =>
  ctx.db
    .selectFrom("attempt_secrets")
    .select(["secret_id as secretId", "name", "version"])
    .where("attempt_id", "=", attemptId)
    .execute();
