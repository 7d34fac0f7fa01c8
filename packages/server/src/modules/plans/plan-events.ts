import { topics } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { recordEvent } from "../ledger/index.ts";
import type { PlanRow } from "./plan.ts";

type Subject = Pick<
  PlanRow,
  "id" | "projectId" | "project" | "number" | "environment" | "title" | "hash" | "revisionId"
>;

/** Wakes the worker's `tickPlans`. */
export const plansChannel = "pave_plans";

export type PlanEvent =
  | "plan.created"
  | "plan.evaluated"
  | "plan.approved"
  | "plan.rejected"
  | "plan.cancelled"
  | "plan.recomputed"
  | "plan.superseded"
  | "plan.started"
  | "plan.applied"
  | "plan.failed"
  | "plan.stale";

/** Tells the ledger, the browsers that look at the plan, and the worker. */
export async function recordPlanEvent(
  ctx: Ctx,
  type: PlanEvent,
  plan: Subject,
  data: Record<string, unknown> = {},
): Promise<void> {
  const { number, environment, title } = plan;
  await recordEvent(ctx, {
    type,
    subjectType: "plan",
    subjectId: plan.id,
    projectId: plan.projectId,
    revisionId: plan.revisionId,
    planHash: plan.hash,
    result: type === "plan.failed" ? "failed" : "ok",
    data: { number, environment, title, ...data },
  });
  hintPlan(ctx, plan);
  ctx.afterCommit(() => ctx.database.notify(plansChannel));
}

function hintPlan(ctx: Ctx, plan: Pick<PlanRow, "project" | "number">): void {
  ctx.hint(topics.plan(plan.project, plan.number), topics.home);
  if (plan.project !== null) ctx.hint(topics.project(plan.project));
}
