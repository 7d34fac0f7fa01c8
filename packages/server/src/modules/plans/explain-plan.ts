import type { DecisionReason } from "@pave/contract";
import type { ExplainPlan } from "../access/index.ts";
import { refuseDecision } from "./approval.ts";
import { listApprovals } from "./approvals-store.ts";
import { authorsOf } from "./authors.ts";
import { getPlan } from "./find-plan.ts";
import { isOpen } from "./plan-state.ts";
import { rolesNow } from "./roles-now.ts";

/** What else than the permission speaks for and against somebody's deciding a plan: its state, and the environment's rule. */
export const explainPlan: ExplainPlan = async (ctx, { projectId, number, action }) => {
  const plan = await getPlan(ctx, { projectId, number });
  const reasons: DecisionReason[] = [];
  if (!isOpen(plan.state))
    reasons.push({ rule: "plan-state", allows: false, text: `plan ${number} is ${plan.state}, and so is over` });
  if (!action.endsWith("plan.approve")) return reasons;
  const { principalId } = ctx.actor;
  const approvals = await listApprovals(ctx, [plan.id]);
  const authors = (await authorsOf(ctx, [plan], [principalId]))(plan);
  const roles = (await rolesNow(ctx, projectId, [principalId]))(principalId);
  const refusal = refuseDecision(plan, "approved", ctx.actor, roles, approvals, authors);
  if (!refusal) {
    const { approvalRule: rule } = plan;
    const text = `the environment ${plan.environment} takes approvals of ${rule.roles.join(" or ")}${rule.selfApproval ? "" : ", other than the author"}`;
    return [...reasons, { rule: "environment", allows: true, text }];
  }
  const rule = refusal.code === "approval.self" ? "author" : ctx.actor.kind === "user" ? "environment" : "kind";
  return [...reasons, { rule, allows: false, text: `${refusal.message}. ${refusal.fix}` }];
};
