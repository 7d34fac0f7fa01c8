import type { Plan, PlanAction, PlanSummary, PrincipalRef } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { must } from "../../kernel/pave-error.ts";
import { principalRefs } from "../access/index.ts";
import { refuseDecision } from "./approval.ts";
import { listApprovals } from "./approvals-store.ts";
import { authorsOf } from "./authors.ts";
import { listSteps } from "./journal-store.ts";
import { approvalsNow } from "./judge-plan.ts";
import { mayPlan, planPermission } from "./may-plan.ts";
import type { ApprovalRow, PlanRow, PlanStep } from "./plan.ts";
import { type PlanEngine, plannerOf } from "./plan-engine.ts";
import { rolesNow } from "./roles-now.ts";

/** The plan as the signed-in principal sees it. */
export async function showPlan(engine: PlanEngine, ctx: Ctx, plan: PlanRow): Promise<Plan> {
  const [approvals, steps] = [await listApprovals(ctx, [plan.id]), await listSteps(ctx, plan.id)];
  const given = await approvalsNow(ctx, plan, approvals);
  const people = [
    plan.authorId,
    ...approvals.map(({ principalId }) => principalId),
    ...(plan.appliedById ? [plan.appliedById] : []),
  ];
  const refs = await principalRefs(ctx, people);
  const ref = (id: string): PrincipalRef => must(refs.get(id), `principal ${id}`);
  return {
    ...summary(plan, ref(plan.authorId), given.length),
    hash: plan.hash,
    actions: plan.actions.map((action) => showAction(action, steps)),
    verdicts: [...plan.verdicts],
    approvalRule: { ...plan.approvalRule, roles: [...plan.approvalRule.roles] },
    approvalList: approvals.map((approval) => ({
      principal: ref(approval.principalId),
      decision: approval.decision,
      comment: approval.comment,
      at: approval.at.toISOString(),
      carriedOver: approval.carriedOver,
    })),
    mayApprove: await mayApprove(ctx, plan, approvals),
    mayApply: await mayApply(ctx, plan),
    ...(await plannerOf(engine, plan.kind).present(ctx, plan, steps)),
    estimate: plan.estimate,
    reads: [...plan.reads],
    staleBecause: [...plan.staleBecause],
    supersededBy: plan.supersededBy,
    undoOf: null,
    message: plan.failure ?? plan.pending ?? plan.message,
    appliedAt: plan.appliedAt?.toISOString() ?? null,
    appliedBy: plan.appliedById ? ref(plan.appliedById) : null,
  };
}

/** Plans of one project, or of the platform, as lists show them. */
export async function summarizePlans(ctx: Ctx, plans: readonly PlanRow[]): Promise<PlanSummary[]> {
  const [first] = plans;
  if (!first) return [];
  const approvals = await listApprovals(
    ctx,
    plans.map(({ id }) => id),
  );
  const refs = await principalRefs(
    ctx,
    plans.map(({ authorId }) => authorId),
  );
  const roles = await rolesNow(
    ctx,
    first.projectId,
    approvals.map(({ principalId }) => principalId),
  );
  return Promise.all(
    plans.map(async (plan) => {
      const own = approvals.filter(({ planId }) => planId === plan.id);
      const given = await approvalsNow(ctx, plan, own, roles);
      return summary(plan, must(refs.get(plan.authorId), `principal ${plan.authorId}`), given.length);
    }),
  );
}

const summary = (plan: PlanRow, author: PrincipalRef, given: number): PlanSummary => ({
  id: plan.id,
  number: plan.number,
  project: plan.project,
  environment: plan.environment,
  title: plan.title,
  state: plan.state,
  author,
  createdAt: plan.createdAt.toISOString(),
  approvals: { given, needed: plan.approvalRule.quorum },
});

function showAction(action: PlanRow["actions"][number], steps: readonly PlanStep[]): PlanAction {
  const step = steps.find(({ actionId }) => actionId === action.id);
  const { id, kind, subject, title, reason, undo, change, before, after } = action;
  return {
    id,
    kind,
    subject,
    title,
    reason,
    undo,
    change,
    before,
    after,
    state: step?.state ?? "planned",
    error: step?.error ?? null,
  };
}

const yes = { allowed: true, reason: null };
const no = (reason: string) => ({ allowed: false, reason });

async function mayApprove(ctx: Ctx, plan: PlanRow, approvals: readonly ApprovalRow[]): Promise<Plan["mayApprove"]> {
  if (plan.state !== "open") return no(reasons[plan.state]);
  if (!(await mayPlan(ctx, "approve", plan.projectId))) return no(lacks("approve", plan));
  const { principalId } = ctx.actor;
  const roles = ctx.actor.kind === "user" ? (await rolesNow(ctx, plan.projectId, [principalId]))(principalId) : [];
  const authors = (await authorsOf(ctx, [plan], [principalId, ...approvals.map((given) => given.principalId)]))(plan);
  const refusal = refuseDecision(plan, "approved", ctx.actor, roles, approvals, authors);
  return refusal ? no(`${refusal.message}. ${refusal.fix}`) : yes;
}

async function mayApply(ctx: Ctx, plan: PlanRow): Promise<Plan["mayApply"]> {
  if (plan.state !== "ready") return no(plan.state === "open" ? "It waits for approvals." : reasons[plan.state]);
  return (await mayPlan(ctx, "apply", plan.projectId)) ? yes : no(lacks("apply", plan));
}

const lacks = (verb: "approve" | "apply", { projectId }: PlanRow): string =>
  `You lack the permission ${planPermission(verb, projectId)}${projectId === null ? "; platform admins have it" : " on this project"}.`;

const reasons: Readonly<Record<PlanRow["state"], string>> = {
  evaluating: "Its evidence is still being made.",
  blocked: "A gate failed or could not be judged.",
  open: "It waits for approvals.",
  ready: "It has every approval it needs.",
  stale: "Something it was computed from has moved; compute it again.",
  applying: "It is being applied.",
  applied: "It is applied.",
  failed: "It failed, and what it did is undone.",
  rejected: "It was rejected.",
  cancelled: "It was withdrawn.",
};
