import { type Ctx, inTransaction } from "../../db/context.ts";
import { newId } from "../../kernel/ids.ts";
import { must, PaveError } from "../../kernel/pave-error.ts";
import { answerableFor } from "../access/index.ts";
import { startApplying } from "./apply-plan.ts";
import { judgeDraft } from "./judge-plan.ts";
import { mayPlan } from "./may-plan.ts";
import type { PlanRow } from "./plan.ts";
import { type PlanEngine, plannerOf } from "./plan-engine.ts";
import { recordPlanEvent } from "./plan-events.ts";
import { findPlan, insertPlan } from "./plan-store.ts";

export interface CreatePlan {
  readonly kind: string;
  /** Null, like its name, for a plan of the platform. */
  readonly projectId: string | null;
  readonly project: string | null;
  readonly environment: string;
  /** What was asked for, in the words of the kind. */
  readonly asked: Record<string, unknown>;
  readonly title?: string | undefined;
  readonly message?: string | undefined;
  /** Apply as soon as nothing is missing any more. */
  readonly autoApply: boolean;
  /** Compute it and write nothing. */
  readonly dryRun?: boolean;
}

export async function createPlan(engine: PlanEngine, ctx: Ctx, input: CreatePlan): Promise<PlanRow> {
  const planner = plannerOf(engine, input.kind);
  return inTransaction(ctx, async (ctx) => {
    const request = {
      projectId: input.projectId,
      project: input.project,
      environment: input.environment,
      asked: input.asked,
      pinned: null,
    };
    const draft = await planner.draft(ctx, request, { start: input.dryRun ? "nothing" : "new" });
    if (draft.actions.length === 0) throw nothingToDo(input.environment);
    const computed = judgeDraft(draft, input.asked, planner.evidence);
    const plan: PlanRow = {
      ...computed,
      id: newId(),
      projectId: input.projectId,
      project: input.project,
      number: 0,
      environment: input.environment,
      kind: input.kind,
      title: input.title ?? computed.title,
      message: input.message ?? null,
      // Whoever may not apply the plan does not get it applied by asking in advance.
      autoApply: input.autoApply && (await mayPlan(ctx, "apply", input.projectId)),
      authorId: ctx.actor.principalId,
      reshapedById: null,
      behind: await answerableFor(ctx),
      staleBecause: [],
      supersededBy: null,
      createdAt: ctx.clock.now(),
      appliedAt: null,
      appliedById: null,
      failure: null,
    };
    if (input.dryRun) return plan;
    const number = await insertPlan(ctx, plan);
    const created = must(await findPlan(ctx, { projectId: input.projectId, number }), `plan ${number}`);
    await recordPlanEvent(ctx, "plan.created", created, { state: created.state });
    if (created.state !== "ready" || !created.autoApply) return created;
    await startApplying(engine, ctx, created);
    return must(await findPlan(ctx, { id: created.id }), `plan ${number}`);
  });
}

export const nothingToDo = (environment: string): PaveError =>
  new PaveError("plan.nothing_to_do", `There is nothing to do: ${environment} already is what was asked for`, {
    fix: "Register a new model version, or name another one.",
  });
