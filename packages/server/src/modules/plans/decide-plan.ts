import { type Ctx, inTransaction } from "../../db/context.ts";
import { newId } from "../../kernel/ids.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { answerableFor } from "../access/index.ts";
import { startApplying } from "./apply-plan.ts";
import { refuseBorrowed, refuseDecision } from "./approval.ts";
import { listApprovals, putApproval } from "./approvals-store.ts";
import { authorOnly, authorsOf } from "./authors.ts";
import { assertHash, assertState, getPlan, type PlanKey } from "./find-plan.ts";
import { approvalsNow } from "./judge-plan.ts";
import { mayPlan } from "./may-plan.ts";
import type { PlanEngine } from "./plan-engine.ts";
import { recordPlanEvent } from "./plan-events.ts";
import { isOpen } from "./plan-state.ts";
import { updatePlan } from "./plan-store.ts";
import { refreshPlan } from "./refresh-plan.ts";
import { rolesNow } from "./roles-now.ts";

export interface DecidePlan extends PlanKey {
  /** Of the plan that was looked at. */
  readonly hash?: string | undefined;
  readonly comment: string;
}

/** Approves the plan as it is now. The approval that completes the quorum also applies it, where the author asked so. */
export async function approvePlan(engine: PlanEngine, ctx: Ctx, input: DecidePlan): Promise<void> {
  await refreshPlan(engine, ctx, await getPlan(ctx, input));
  await inTransaction(ctx, async (ctx) => {
    const plan = await getPlan(ctx, input, { lock: true });
    assertHash(plan, input.hash);
    const { principalId } = ctx.actor;
    const approvals = await listApprovals(ctx, [plan.id]);
    const roles = (await rolesNow(ctx, plan.projectId, [principalId]))(principalId);
    const behind = await answerableFor(ctx);
    const people = [
      principalId,
      ...approvals.map((given) => given.principalId),
      ...behind.map((one) => one.principalId),
    ];
    const authors = (await authorsOf(ctx, [plan], people))(plan);
    const refusal =
      refuseDecision(plan, "approved", ctx.actor, roles, approvals, authors) ??
      refuseBorrowed(plan, ctx.actor, behind, authors);
    if (refusal && plan.state !== "stale" && isOpen(plan.state))
      throw new PaveError(refusal.code, refusal.message, { fix: refusal.fix });
    assertState(plan, "open", "approved");

    await putApproval(ctx, newId(), plan.id, {
      principalId,
      decision: "approved",
      comment: input.comment,
      planHash: plan.hash,
    });
    await recordPlanEvent(ctx, "plan.approved", plan, { comment: input.comment });
    const given = await approvalsNow(ctx, plan, await listApprovals(ctx, [plan.id]));
    if (given.length < plan.approvalRule.quorum) return;
    await updatePlan(ctx, plan.id, { state: "ready" });
    if (plan.autoApply && (await mayPlan(ctx, "apply", plan.projectId)))
      await startApplying(engine, ctx, { ...plan, state: "ready" });
  });
}

/** Ends the plan. Whoever may approve plans here may reject them, the author too. */
export async function rejectPlan(_engine: PlanEngine, ctx: Ctx, input: DecidePlan): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const plan = await getPlan(ctx, input, { lock: true });
    assertHash(plan, input.hash);
    const { principalId } = ctx.actor;
    const roles = (await rolesNow(ctx, plan.projectId, [principalId]))(principalId);
    const refusal = refuseDecision(plan, "rejected", ctx.actor, roles, [], authorOnly(plan));
    if (refusal) throw new PaveError(refusal.code, refusal.message, { fix: refusal.fix });
    if (!isOpen(plan.state)) assertState(plan, "open", "rejected");
    await putApproval(ctx, newId(), plan.id, {
      principalId,
      decision: "rejected",
      comment: input.comment,
      planHash: plan.hash,
    });
    await updatePlan(ctx, plan.id, { state: "rejected" });
    await recordPlanEvent(ctx, "plan.rejected", plan, { comment: input.comment });
  });
}

/** Withdraws the plan; nothing has changed by it. */
export async function cancelPlan(_engine: PlanEngine, ctx: Ctx, input: PlanKey): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const plan = await getPlan(ctx, input, { lock: true });
    if (!isOpen(plan.state)) assertState(plan, "open", "cancelled");
    await updatePlan(ctx, plan.id, { state: "cancelled" });
    await recordPlanEvent(ctx, "plan.cancelled", plan);
  });
}
