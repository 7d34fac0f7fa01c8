import type { GateVerdict } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { countingApprovals, type RolesNow, ruleFor } from "./approval.ts";
import { authorsOf } from "./authors.ts";
import { evaluateGate } from "./evaluate-gate.ts";
import type { EvidenceSchema } from "./evidence.ts";
import type { ApprovalRow, Draft, PlanRow } from "./plan.ts";
import { planHash } from "./plan-hash.ts";
import { isOpen, judgedState } from "./plan-state.ts";
import type { Computed } from "./plan-store.ts";
import { rolesNow } from "./roles-now.ts";

/** What a draft comes to under its rules: verdicts, hash, and the state of a plan that nobody has approved yet. */
export function judgeDraft(draft: Draft, asked: Record<string, unknown>, schema: EvidenceSchema): Computed {
  const approvalRule = ruleFor(draft.approvals, draft.actions);
  const judged = draft.pending === null ? judgeGates(draft, schema) : [];
  const verdicts = [...draft.standing, ...judged];
  const { title, revisionId, pinned, actions, reads, gates, evidence, pending, estimate } = draft;
  const hash = planHash({ actions, reads, gates, approvalRule, evidence });
  const state = judgedState({ pending, verdicts, given: 0, needed: approvalRule.quorum });
  return {
    title,
    state,
    asked,
    pinned,
    revisionId,
    actions,
    reads,
    gates,
    verdicts,
    evidence,
    pending,
    estimate,
    approvalRule,
    hash,
  };
}

/** Every gate over the evidence of everything that is released. */
function judgeGates(draft: Draft, schema: EvidenceSchema): GateVerdict[] {
  return draft.evidence.flatMap(({ subject, values }) =>
    draft.gates.map((gate) => {
      const verdict = evaluateGate(gate, values, schema);
      return draft.evidence.length === 1 ? verdict : { ...verdict, detail: `${subject}: ${verdict.detail}` };
    }),
  );
}

/**
 * The approvals of a plan that count: while it is open, under the rules and roles of this moment; once it is over, those
 * it was decided by.
 */
export async function approvalsNow(
  ctx: Ctx,
  plan: PlanRow,
  approvals: readonly ApprovalRow[],
  roles?: RolesNow,
): Promise<readonly ApprovalRow[]> {
  if (!isOpen(plan.state))
    return approvals.filter(({ decision, planHash }) => decision === "approved" && planHash === plan.hash);
  const approvers = approvals.map(({ principalId }) => principalId);
  const authors = (await authorsOf(ctx, [plan], approvers))(plan);
  return countingApprovals(plan, approvals, roles ?? (await rolesNow(ctx, plan.projectId, approvers)), authors);
}
