import { type Ctx, inTransaction } from "../../db/context.ts";
import { must } from "../../kernel/pave-error.ts";
import { listApprovals } from "./approvals-store.ts";
import type { DecidePlan } from "./decide-plan.ts";
import { assertHash, assertState, getPlan } from "./find-plan.ts";
import { insertSteps } from "./journal-store.ts";
import { approvalsNow } from "./judge-plan.ts";
import type { PlanRow } from "./plan.ts";
import { handlerOf, type PlanEngine } from "./plan-engine.ts";
import { recordPlanEvent } from "./plan-events.ts";
import { mayMove } from "./plan-state.ts";
import { updatePlan } from "./plan-store.ts";
import { refreshLocked, refreshPlan } from "./refresh-plan.ts";

/**
 * Hands the plan over to the journal; the worker does the rest. Judged once more, by what is true now: what it read
 * (the rules among it) has not moved, and its approvals still count. Applying it again while it is on changes nothing.
 */
export async function applyPlan(engine: PlanEngine, ctx: Ctx, input: DecidePlan): Promise<void> {
  await refreshPlan(engine, ctx, await getPlan(ctx, input));
  const refused = await inTransaction(ctx, async (ctx) => {
    const plan = await getPlan(ctx, input, { lock: true });
    assertHash(plan, input.hash);
    if (plan.state === "applying") return undefined;
    assertState(plan, "ready", "applied");
    const given = await approvalsNow(ctx, plan, await listApprovals(ctx, [plan.id]));
    if (given.length < plan.approvalRule.quorum) {
      await updatePlan(ctx, plan.id, { state: "open" });
      return { ...plan, state: "open" as const };
    }
    for (const action of plan.actions) handlerOf(engine, action.kind);
    const begun = await startApplying(engine, ctx, plan);
    return begun.state === "stale" ? begun : undefined;
  });
  if (refused) assertState(refused, "ready", "applied");
}

/**
 * In the caller's transaction, which has the plan locked: from here on it belongs to the journal. What it read is looked
 * at once more and held, so that no change of a rule slips in between; where something has moved, the plan is stale
 * instead.
 */
export async function startApplying(engine: PlanEngine, ctx: Ctx, plan: PlanRow): Promise<PlanRow> {
  must(mayMove(plan.state, "applying") || undefined, `the move of plan ${plan.number} from ${plan.state} to applying`);
  const current = await refreshLocked(engine, ctx, plan);
  if (current.state === "stale") return current;
  await updatePlan(ctx, plan.id, { state: "applying", appliedById: ctx.actor.principalId });
  await insertSteps(
    ctx,
    plan.id,
    plan.actions.map(({ id }) => id),
  );
  await recordPlanEvent(ctx, "plan.started", plan);
  return { ...plan, state: "applying" };
}
