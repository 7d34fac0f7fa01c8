import { rolePermissions } from "@pave/contract";
import { asActor, type Ctx, inTransaction } from "../../db/context.ts";
import { systemActor } from "../../kernel/actor.ts";
import { isPaveError, messageOf } from "../../kernel/pave-error.ts";
import { advancePlan } from "./advance-plan.ts";
import { applyPlan } from "./apply-plan.ts";
import { judgeDraft } from "./judge-plan.ts";
import type { PlanRow } from "./plan.ts";
import { type PlanEngine, plannerOf } from "./plan-engine.ts";
import { recordPlanEvent } from "./plan-events.ts";
import {
  findPlan,
  listApplyingPlanIds,
  listMovingPlans,
  listWaitingPlans,
  updateComputed,
  updatePlan,
} from "./plan-store.ts";
import { refreshPlan } from "./refresh-plan.ts";
import { actorOf, rolesNow } from "./roles-now.ts";

/** How often plans that only wait for people are looked at for staleness. */
const refreshEveryMs = 3_000;

/** So many of them at a time: plans that nobody decides stay for ever, and must not keep the others waiting. */
const refreshedAtOnce = 100;

/** The worker's turn: plans being applied go on, evidence that has arrived is judged, what is outdated is marked. */
export function createPlanTick(engine: PlanEngine): (ctx: Ctx) => Promise<void> {
  let refreshedAt = 0;
  let refreshedUpTo = "";
  return async (ctx) => {
    for (const plan of await listMovingPlans(ctx)) {
      await guarded(ctx, plan.id, () =>
        plan.state === "evaluating" ? finishEvaluating(engine, ctx, plan) : applyAsAuthor(engine, ctx, plan),
      );
    }
    const now = ctx.clock.now().getTime();
    if (now - refreshedAt >= refreshEveryMs || now < refreshedAt) {
      refreshedAt = now;
      const page = await listWaitingPlans(ctx, refreshedUpTo, refreshedAtOnce);
      for (const plan of page) await guarded(ctx, plan.id, () => refreshPlan(engine, ctx, plan));
      refreshedUpTo = page.length < refreshedAtOnce ? "" : (page.at(-1)?.id ?? "");
    }
    for (const id of await listApplyingPlanIds(ctx)) await guarded(ctx, id, () => advancePlan(engine, ctx, id));
  };
}

/** One plan's trouble must not hold up the others. */
async function guarded(ctx: Ctx, planId: string, fn: () => Promise<unknown>): Promise<void> {
  try {
    await fn();
  } catch (error) {
    ctx.log.error(
      { plan: planId, error: error instanceof Error ? error.stack : messageOf(error) },
      "a plan could not be advanced",
    );
  }
}

/** Looks again at what the plan was waiting for; judged as soon as it is there. */
async function finishEvaluating(engine: PlanEngine, ctx: Ctx, waiting: PlanRow): Promise<void> {
  const planner = plannerOf(engine, waiting.kind);
  const author = asActor(ctx, await actorOf(ctx, waiting.authorId));
  const state = await inTransaction(author, async (ctx) => {
    const plan = await findPlan(ctx, { id: waiting.id }, { lock: true });
    if (plan?.state !== "evaluating") return undefined;
    const draft = await planner.draft(ctx, plan, { start: "missing" });
    const computed = judgeDraft(draft, plan.asked, planner.evidence);
    if (computed.hash === plan.hash && computed.pending !== null) return undefined;
    await updateComputed(ctx, plan.id, {
      ...computed,
      estimate: computed.estimate ?? plan.estimate,
      title: plan.title,
      reshapedById: plan.reshapedById,
      behind: plan.behind,
    });
    if (computed.pending === null)
      await recordPlanEvent(ctx, "plan.evaluated", { ...plan, ...computed }, { state: computed.state });
    return computed.state;
  }).catch((error: unknown) => {
    // The candidate may not be released any more: the plan says so, and recomputing finds what may.
    if (!isPaveError(error) || error.status >= 500) throw error;
    return outdated(ctx, waiting, error.message);
  });
  if (state === "ready" && waiting.autoApply) await applyAsAuthor(engine, ctx, waiting);
}

async function outdated(ctx: Ctx, waiting: PlanRow, because: string): Promise<undefined> {
  await inTransaction(ctx, async (ctx) => {
    const plan = await findPlan(ctx, { id: waiting.id }, { lock: true });
    if (plan?.state !== "evaluating") return;
    await updatePlan(ctx, plan.id, { state: "stale", staleBecause: [because] });
    await recordPlanEvent(ctx, "plan.stale", plan, { because: [because] });
  });
}

/**
 * What the author asked for in advance: apply when nothing is missing. An author who was disabled or lost the role
 * meanwhile applies nothing; the plan stays ready for somebody who may.
 */
async function applyAsAuthor(engine: PlanEngine, ctx: Ctx, plan: PlanRow): Promise<void> {
  if (!(await mayStillApply(ctx, plan))) return;
  const author = asActor(ctx, await actorOf(ctx, plan.authorId));
  await applyPlan(engine, author, { projectId: plan.projectId, number: plan.number, comment: "" }).catch(
    (error: unknown) => {
      if (!isPaveError(error) || error.status >= 500) throw error;
    },
  );
}

async function mayStillApply(ctx: Ctx, { authorId, projectId }: PlanRow): Promise<boolean> {
  if (authorId === systemActor.principalId) return true;
  const roles = (await rolesNow(ctx, projectId, [authorId]))(authorId);
  return roles.some((role) => rolePermissions[role].includes("plan.apply"));
}
