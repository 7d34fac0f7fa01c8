import type { Ctx } from "../../db/context.ts";
import type { ApprovalRow } from "./plan.ts";

export async function listApprovals(
  ctx: Ctx,
  planIds: readonly string[],
): Promise<(ApprovalRow & { planId: string })[]> {
  if (planIds.length === 0) return [];
  return ctx.db
    .selectFrom("approvals")
    .select([
      "plan_id as planId",
      "principal_id as principalId",
      "decision",
      "comment",
      "plan_hash as planHash",
      "carried_over as carriedOver",
      "at",
    ])
    .where("plan_id", "in", [...planIds])
    .orderBy("at")
    .execute();
}

/** One decision of each principal; a later one replaces it. */
export async function putApproval(
  ctx: Ctx,
  id: string,
  planId: string,
  approval: Omit<ApprovalRow, "carriedOver" | "at">,
): Promise<void> {
  const row = {
    decision: approval.decision,
    comment: approval.comment,
    plan_hash: approval.planHash,
    carried_over: false,
    at: ctx.clock.now(),
  };
  await ctx.db
    .insertInto("approvals")
    .values({ id, plan_id: planId, principal_id: approval.principalId, ...row })
    .onConflict((conflict) => conflict.columns(["plan_id", "principal_id"]).doUpdateSet(row))
    .execute();
}

/** Approvals of the plan as it was become approvals of the plan as it is. */
export async function carryApprovalsOver(ctx: Ctx, planId: string, fromHash: string, toHash: string): Promise<void> {
  await ctx.db
    .updateTable("approvals")
    .set({ plan_hash: toHash, carried_over: true })
    .where("plan_id", "=", planId)
    .where("plan_hash", "=", fromHash)
    .execute();
}
