/*
 * Applies a plan along its journal, `plan_steps`: each action's intent is written, then it is done, then its result is
 * written. Killed anywhere, the next call reads the journal and goes on: actions are idempotent, so the one that was
 * `applying` is simply done again. The first failure turns the plan around, and what was done is undone from the last
 * to the first; the `failed` entry in the journal is what says so, and a crash leads back into undoing.
 */
import { asActor, type Ctx } from "../../db/context.ts";
import { isPaveError, messageOf } from "../../kernel/pave-error.ts";
import { listSteps } from "./journal-store.ts";
import type { PlanRow, PlanStep } from "./plan.ts";
import { type ActionOutcome, handlerOf, type PlanEngine, SimulatedCrash } from "./plan-engine.ts";
import { recordPlanEvent } from "./plan-events.ts";
import { type Journal, LeaseLost, withJournal } from "./plan-journal.ts";
import { findPlan, updatePlan } from "./plan-store.ts";
import { actorOf } from "./roles-now.ts";

/** How long an action is tried again after errors that are nobody's fault, such as a database that restarts. */
const patienceMs = 60_000;
/**
 * Since when an action has had such errors, by what is done. An action may wait for hours before its first one. Only
 * in memory: another process may well be luckier, and has its own patience.
 */
const troubledSince = new Map<string, number>();

/** Takes the plan as far as it goes now. False when another process is at it. */
export async function advancePlan(engine: PlanEngine, ctx: Ctx, planId: string): Promise<boolean> {
  return withJournal(engine, ctx, planId, async (journal) => {
    const plan = await findPlan(ctx, { id: planId });
    if (plan?.state !== "applying") return;
    const actor = await actorOf(ctx, plan.appliedById ?? plan.authorId);
    const acting: Ctx = { ...asActor(ctx, actor), correlationId: plan.id };
    const steps = await listSteps(ctx, planId);
    if (!steps.some(({ state }) => state === "failed")) {
      const failed = await goForward(engine, acting, plan, steps, journal);
      if (failed !== "failed") return;
    }
    await goBack(engine, acting, plan, await listSteps(ctx, planId), journal);
  });
}

async function goForward(
  engine: PlanEngine,
  ctx: Ctx,
  plan: PlanRow,
  steps: readonly PlanStep[],
  journal: Journal,
): Promise<"done" | "waiting" | "failed"> {
  for (const step of steps) {
    if (step.state === "applied") continue;
    const startedAt = step.startedAt ?? ctx.clock.now();
    if (step.state === "planned")
      await journal.write(step.position, `${step.actionId}: applying`, { state: "applying", startedAt });
    const outcome = await attempt(engine, ctx, plan, { ...step, startedAt }, journal, "apply");
    if ("failed" in outcome) {
      await journal.write(step.position, `${step.actionId}: failed`, {
        state: "failed",
        error: outcome.failed,
        finishedAt: ctx.clock.now(),
      });
      return "failed";
    }
    if (outcome.state === "waiting") return "waiting";
    await journal.write(step.position, `${step.actionId}: applied`, {
      state: "applied",
      result: outcome.result ?? {},
      finishedAt: ctx.clock.now(),
    });
  }
  await journal.finish(ctx, "plan: applied", async (ctx) => {
    await updatePlan(ctx, plan.id, { state: "applied", appliedAt: ctx.clock.now() });
    await recordPlanEvent(ctx, "plan.applied", plan);
  });
  return "done";
}

async function goBack(
  engine: PlanEngine,
  ctx: Ctx,
  plan: PlanRow,
  steps: readonly PlanStep[],
  journal: Journal,
): Promise<void> {
  const failed = steps.find(({ state }) => state === "failed");
  for (const step of steps.toReversed()) {
    const undone = step.state === "undone" || step.state === "planned" || step.result?.undone === true;
    if (undone) continue;
    const since = failed?.finishedAt ?? step.startedAt ?? ctx.clock.now();
    const outcome = await attempt(engine, ctx, plan, { ...step, startedAt: since }, journal, "undo");
    if ("state" in outcome && outcome.state === "waiting") return;
    const trouble = "failed" in outcome ? `could not be undone: ${outcome.failed}` : undefined;
    // The action that failed stays `failed`, with its error; that it is undone stands in its result.
    if (step.state === "failed" || trouble) {
      const error = [step.error, trouble].filter(Boolean).join("; ");
      await journal.write(step.position, `${step.actionId}: undone`, {
        state: "failed",
        error,
        result: { ...step.result, undone: true },
      });
    } else {
      await journal.write(step.position, `${step.actionId}: undone`, { state: "undone", finishedAt: ctx.clock.now() });
    }
  }
  const action = plan.actions.find(({ id }) => id === failed?.actionId);
  const failure = `${action?.title ?? failed?.actionId}: ${failed?.error}`;
  await journal.finish(ctx, "plan: failed", async (ctx) => {
    await updatePlan(ctx, plan.id, { state: "failed", failure });
    await recordPlanEvent(ctx, "plan.failed", plan, { failure });
  });
}

type Attempted = ActionOutcome | { readonly failed: string };

async function attempt(
  engine: PlanEngine,
  ctx: Ctx,
  plan: PlanRow,
  step: PlanStep & { startedAt: Date },
  journal: Journal,
  verb: "apply" | "undo",
): Promise<Attempted> {
  const action = plan.actions.find(({ id }) => id === step.actionId);
  if (!action) return { failed: `the plan has no action ${step.actionId}` };
  const { startedAt, memo } = step;
  const remember = (memo: Record<string, unknown>) =>
    journal.write(step.position, `${step.actionId}: remembered`, { memo });
  const trouble = `${plan.id} ${step.actionId} ${verb}`;
  try {
    const outcome = await handlerOf(engine, action.kind)[verb](ctx, {
      plan,
      action,
      startedAt,
      memo,
      remember,
      signal: journal.signal,
    });
    troubledSince.delete(trouble);
    return outcome;
  } catch (error) {
    if (error instanceof LeaseLost || error instanceof SimulatedCrash) throw error;
    const isOurs = isPaveError(error) && error.status < 500;
    const now = ctx.clock.now().getTime();
    const since = troubledSince.get(trouble) ?? now;
    if (!isOurs && now - since < patienceMs) {
      troubledSince.set(trouble, since);
      ctx.log.warn(
        { plan: plan.id, action: action.id, error: error instanceof Error ? error.stack : String(error) },
        "an action will be tried again",
      );
      return { state: "waiting" };
    }
    troubledSince.delete(trouble);
    return { failed: messageOf(error) };
  }
}
