import type { Plan, PlanSummary } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import type { ExplainPlan } from "../access/index.ts";
import { advancePlan } from "./advance-plan.ts";
import { applyPlan } from "./apply-plan.ts";
import { type CreatePlan, createPlan } from "./create-plan.ts";
import { approvePlan, cancelPlan, type DecidePlan, rejectPlan } from "./decide-plan.ts";
import { explainPlan } from "./explain-plan.ts";
import { getPlan, type PlanKey } from "./find-plan.ts";
import type { ActionHandler, PlanEngine, Planner } from "./plan-engine.ts";
import { listPlans, type PlanFilter } from "./plan-store.ts";
import { recomputePlan } from "./recompute-plan.ts";
import { showPlan, summarizePlans } from "./show-plan.ts";
import { createPlanTick } from "./tick-plans.ts";

/** The plan engine. Kinds of plans and of actions are registered by the modules that own them. */
export interface Plans {
  registerPlanner(kind: string, planner: Planner): void;
  registerAction(kind: string, handler: ActionHandler): void;
  create(ctx: Ctx, input: CreatePlan): Promise<Plan>;
  show(ctx: Ctx, key: PlanKey): Promise<Plan>;
  list(ctx: Ctx, filter: PlanFilter): Promise<{ items: PlanSummary[]; next: string | null }>;
  approve(ctx: Ctx, input: DecidePlan): Promise<void>;
  reject(ctx: Ctx, input: DecidePlan): Promise<void>;
  cancel(ctx: Ctx, input: PlanKey): Promise<void>;
  /** Begins; the worker's `tick` does the rest. */
  apply(ctx: Ctx, input: DecidePlan): Promise<void>;
  /** The number of the plan to look at: the same, or of the one that took its place. */
  recompute(ctx: Ctx, input: PlanKey): Promise<number>;
  /** Takes one plan that is being applied as far as it goes; false when another process is at it. */
  advance(ctx: Ctx, planId: string): Promise<boolean>;
  tick(ctx: Ctx): Promise<void>;
  /** What speaks for and against somebody's deciding a plan, beside the permission. */
  readonly explain: ExplainPlan;
}

export function createPlans(options: Pick<PlanEngine, "onJournal"> = {}): Plans {
  const engine: PlanEngine = { planners: new Map(), actions: new Map(), onJournal: options.onJournal };
  return {
    registerPlanner: (kind, planner) => void engine.planners.set(kind, planner),
    registerAction: (kind, handler) => void engine.actions.set(kind, handler),
    create: async (ctx, input) => showPlan(engine, ctx, await createPlan(engine, ctx, input)),
    show: async (ctx, key) => showPlan(engine, ctx, await getPlan(ctx, key)),
    async list(ctx, filter) {
      const rows = await listPlans(ctx, { ...filter, limit: filter.limit + 1 });
      const page = rows.slice(0, filter.limit);
      const next = rows.length > page.length ? String(page.at(-1)?.number) : null;
      return { items: await summarizePlans(ctx, page), next };
    },
    approve: (ctx, input) => approvePlan(engine, ctx, input),
    reject: (ctx, input) => rejectPlan(engine, ctx, input),
    cancel: (ctx, input) => cancelPlan(engine, ctx, input),
    apply: (ctx, input) => applyPlan(engine, ctx, input),
    recompute: (ctx, input) => recomputePlan(engine, ctx, input),
    advance: (ctx, planId) => advancePlan(engine, ctx, planId),
    tick: createPlanTick(engine),
    explain: explainPlan,
  };
}
