import type { Ctx } from "../../db/context.ts";

/** What changes beside the stage: since when a thing is deleted, which says how long it is still kept. */
export const deletedAt = (
  ctx: Ctx,
  change: { readonly lifecycle_stage?: "active" | "deleted" },
): { readonly deleted_at?: Date | null } =>
  change.lifecycle_stage === undefined
    ? {}
    : { deleted_at: change.lifecycle_stage === "deleted" ? ctx.clock.now() : null };
