import { type Ctx, inTransaction } from "../../db/context.ts";
import { newId } from "../../kernel/ids.ts";
import { digestOfJson } from "../../kernel/json.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { carryApprovalsOver, listApprovals } from "./approvals-store.ts";
import { nothingToDo } from "./create-plan.ts";
import { assertState, getPlan, type PlanKey } from "./find-plan.ts";
import { approvalsNow, judgeDraft } from "./judge-plan.ts";
import type { PlanRow } from "./plan.ts";
import { type PlanEngine, plannerOf } from "./plan-engine.ts";
import { recordPlanEvent } from "./plan-events.ts";
import { actionsForHash } from "./plan-hash.ts";
import { isOpen, judgedState } from "./plan-state.ts";
import { type Computed, insertPlan, updateComputed, updatePlan } from "./plan-store.ts";

/**
 * Computes the plan again from what was asked for. With the same actions and verdicts it stays the plan it is and its
 * approvals carry over; otherwise a new plan of the same author takes its place, and everybody looks again. Where nothing
 * is left to do, because another plan did it, the plan ends as cancelled: it would wait for ever.
 */
export async function recomputePlan(engine: PlanEngine, ctx: Ctx, input: PlanKey): Promise<number> {
  return inTransaction(ctx, async (ctx) => {
    const plan = await getPlan(ctx, input, { lock: true });
    if (!isOpen(plan.state)) assertState(plan, "open", "computed again");
    const planner = plannerOf(engine, plan.kind);
    const draft = await planner.draft(ctx, { ...plan, pinned: null }, { start: "new" }).catch((error: unknown) => {
      if (error instanceof PaveError && error.code === "plan.nothing_to_do") return error;
      throw error;
    });
    if (draft instanceof PaveError) return endAsDone(ctx, plan, draft);
    if (draft.actions.length === 0) return endAsDone(ctx, plan, nothingToDo(plan.environment));
    const computed = judgeDraft(draft, plan.asked, planner.evidence);
    if (computed.pending === null && plan.pending === null && outcome(computed) === outcome(plan)) {
      await carryOn(ctx, plan, computed);
      return plan.number;
    }
    return supersede(ctx, plan, computed);
  });
}

const outcome = ({ actions, verdicts }: Pick<Computed, "actions" | "verdicts">): string =>
  digestOfJson({ actions: actionsForHash(actions), verdicts });

/** Whoever makes the plan do something else must not approve it either; its author, computing it again, adopts it. */
function reshaper(ctx: Ctx, plan: PlanRow, computed: Computed): string | null {
  const { principalId } = ctx.actor;
  if (principalId === plan.authorId) return null;
  const isSame = digestOfJson(actionsForHash(computed.actions)) === digestOfJson(actionsForHash(plan.actions));
  return isSame ? plan.reshapedById : principalId;
}

async function endAsDone(ctx: Ctx, plan: PlanRow, { message }: PaveError): Promise<number> {
  await updatePlan(ctx, plan.id, { state: "cancelled", failure: message });
  await recordPlanEvent(ctx, "plan.cancelled", plan, { because: message });
  return plan.number;
}

async function carryOn(ctx: Ctx, plan: PlanRow, computed: Computed): Promise<void> {
  await carryApprovalsOver(ctx, plan.id, plan.hash, computed.hash);
  const current = { ...plan, ...computed };
  const given = await approvalsNow(ctx, current, await listApprovals(ctx, [plan.id]));
  const state = judgedState({ ...computed, given: given.length, needed: computed.approvalRule.quorum });
  const reshapedById = reshaper(ctx, plan, computed);
  await updateComputed(ctx, plan.id, { ...computed, state, title: plan.title, reshapedById, behind: plan.behind });
  await recordPlanEvent(ctx, "plan.recomputed", current, { previousHash: plan.hash, approvals: given.length });
}

async function supersede(ctx: Ctx, plan: PlanRow, computed: Computed): Promise<number> {
  const successor = { ...plan, ...computed, id: newId(), reshapedById: reshaper(ctx, plan, computed) };
  const number = await insertPlan(ctx, successor);
  await updatePlan(ctx, plan.id, { state: "cancelled", supersededBy: number });
  await recordPlanEvent(ctx, "plan.superseded", plan, { by: number });
  await recordPlanEvent(
    ctx,
    "plan.created",
    { ...successor, number },
    { state: computed.state, supersedes: plan.number },
  );
  return number;
}
