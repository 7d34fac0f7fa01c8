import type { Ctx } from "../../db/context.ts";

export interface AttemptOrigin {
  readonly runId: string;
  readonly revisionId: string;
  readonly pythonEnvironmentDigest: string | null;
}

/** Where what the acting attempt registers comes from. */
export async function attemptOrigin(ctx: Ctx): Promise<AttemptOrigin | undefined> {
  const { grant } = ctx.actor;
  if (grant === "unlimited" || grant.tokenId === null) return undefined;
  return ctx.db
    .selectFrom("attempts as a")
    .innerJoin("steps as s", "s.id", "a.step_id")
    .innerJoin("runs as r", "r.id", "s.run_id")
    .leftJoin("python_environments as e", "e.id", "r.python_environment_id")
    .select(["r.id as runId", "r.revision_id as revisionId", "e.digest as pythonEnvironmentDigest"])
    .where("a.token_id", "=", grant.tokenId)
    .executeTakeFirst();
}

/** The tracked run of the attempt whose token acts; undefined when that attempt is over, or there is none. */
export async function attemptRun(ctx: Ctx): Promise<string | undefined> {
  const { grant } = ctx.actor;
  if (grant === "unlimited" || grant.tokenId === null) return undefined;
  const row = await ctx.db
    .selectFrom("attempts")
    .select("tracked_run_id as runId")
    .where("token_id", "=", grant.tokenId)
    .where("state", "in", ["queued", "running"])
    .executeTakeFirst();
  return row?.runId ?? undefined;
}

/** The attempt whose token acts, over or not. */
export async function actingAttempt(ctx: Ctx): Promise<string | undefined> {
  const { grant } = ctx.actor;
  if (grant === "unlimited" || grant.tokenId === null) return undefined;
  const row = await ctx.db.selectFrom("attempts").select("id").where("token_id", "=", grant.tokenId).executeTakeFirst();
  return row?.id;
}
