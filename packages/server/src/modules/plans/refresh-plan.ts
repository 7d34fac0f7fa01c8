import { type Ctx, inTransaction } from "../../db/context.ts";
import type { PlanRow } from "./plan.ts";
import { type PlanEngine, plannerOf } from "./plan-engine.ts";
import { recordPlanEvent } from "./plan-events.ts";
import { isOpen } from "./plan-state.ts";
import { findPlan, updatePlan } from "./plan-store.ts";

/** Marks the plan stale where something it read has moved. Commits that by itself, so that a refusal can follow. */
export async function refreshPlan(engine: PlanEngine, ctx: Ctx, plan: PlanRow): Promise<PlanRow> {
  if (!isOpen(plan.state) || isKnown(plan, await movedReads(engine, ctx, plan, { hold: false }))) return plan;
  return inTransaction(ctx, async (ctx) => {
    const current = await findPlan(ctx, { id: plan.id }, { lock: true });
    return current ? refreshLocked(engine, ctx, current) : plan;
  });
}

/**
 * The same in the caller's transaction, which has the plan locked. What it finds unmoved are rules that stay until that
 * transaction ends.
 */
export async function refreshLocked(engine: PlanEngine, ctx: Ctx, plan: PlanRow): Promise<PlanRow> {
  if (!isOpen(plan.state)) return plan;
  const moved = await movedReads(engine, ctx, plan, { hold: true });
  if (isKnown(plan, moved)) return plan;
  await updatePlan(ctx, plan.id, { state: "stale", staleBecause: moved });
  if (plan.state !== "stale") await recordPlanEvent(ctx, "plan.stale", plan, { because: moved });
  return { ...plan, state: "stale", staleBecause: moved };
}

/** What has moved since the plan was computed, in words. */
async function movedReads(
  engine: PlanEngine,
  ctx: Ctx,
  plan: PlanRow,
  options: { readonly hold: boolean },
): Promise<string[]> {
  const versions = await plannerOf(engine, plan.kind).versions(ctx, plan, plan.reads, options);
  return plan.reads.flatMap(({ thing, version }) => {
    const now = versions.get(thing) ?? "gone";
    return now === version ? [] : [`${thing} was ${version}, is ${now}`];
  });
}

const isKnown = (plan: PlanRow, moved: readonly string[]): boolean =>
  moved.length === 0 || (plan.state === "stale" && moved.join() === plan.staleBecause.join());
