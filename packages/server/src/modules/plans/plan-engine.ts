import type { Plan } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import type { EvidenceSchema } from "./evidence.ts";
import type { Draft, PlannedAction, PlanRequest, PlanRow, PlanStep, Read } from "./plan.ts";

/** Who computes plans of one kind. Registered by the module that owns the kind; the engine knows none. */
export interface Planner {
  /** What gates over this kind of plan may speak of. */
  readonly evidence: EvidenceSchema;
  /**
   * The plan as it would be now. Throws `plan.nothing_to_do` where that is so. Evidence that is missing is set to work:
   * also what failed before (`new`), only what was never tried (`missing`), or none (`nothing`, to look only).
   */
  draft(ctx: Ctx, request: PlanRequest, options: { readonly start: "new" | "missing" | "nothing" }): Promise<Draft>;
  /**
   * The versions now of the things a plan has read, by thing. With `hold`, asked by the transaction that begins applying
   * the plan: the rules it was judged by must not change before that ends.
   */
  versions(
    ctx: Ctx,
    request: PlanRequest,
    reads: readonly Read[],
    options: { readonly hold: boolean },
  ): Promise<ReadonlyMap<string, string>>;
  /** What people see beside the engine's own fields. */
  present(
    ctx: Ctx,
    plan: PlanRow,
    steps: readonly PlanStep[],
  ): Promise<Pick<Plan, "candidate" | "champion" | "release">>;
}

/** One action of a plan being applied or undone. */
export interface ActionStep {
  readonly plan: PlanRow;
  readonly action: PlannedAction;
  /** When applying this action began; for `undo`, when the plan turned around. */
  readonly startedAt: Date;
  readonly memo: Record<string, unknown> | null;
  /** Writes to the journal what a later call, also after a crash, needs to know. Do it before the effect. */
  remember(memo: Record<string, unknown>): Promise<void>;
  /** Aborted when this process no longer holds the plan. */
  readonly signal: AbortSignal;
}

/** `waiting`: ask again at the next tick; no process is held meanwhile. */
export type ActionOutcome =
  | { readonly state: "done"; readonly result?: Record<string, unknown> }
  | { readonly state: "waiting" };

/**
 * How actions of one kind are done. Both methods are idempotent: after a crash they are called again, with what was
 * remembered. A `PaveError` means that the action failed for good and the plan is undone; any other error is tried
 * again for a minute. `undo` is also asked of an action that failed half-way.
 */
export interface ActionHandler {
  apply(ctx: Ctx, step: ActionStep): Promise<ActionOutcome>;
  undo(ctx: Ctx, step: ActionStep): Promise<ActionOutcome>;
}

export interface PlanEngine {
  readonly planners: Map<string, Planner>;
  readonly actions: Map<string, ActionHandler>;
  /** Called around every write to the journal; tests end the process there. */
  readonly onJournal?: ((when: "before" | "after", entry: string) => void) | undefined;
}

export function plannerOf(engine: PlanEngine, kind: string): Planner {
  const planner = engine.planners.get(kind);
  if (!planner) throw new Error(`Broken invariant: no planner is registered for plans of kind ${kind}`);
  return planner;
}

export function handlerOf(engine: PlanEngine, kind: string): ActionHandler {
  const handler = engine.actions.get(kind);
  if (!handler)
    throw new PaveError("server.internal", `This server does not know actions of kind ${kind}`, {
      fix: "Update it: a newer version made this plan.",
    });
  return handler;
}

/** Thrown by tests out of `onJournal`: the process ends here. */
export class SimulatedCrash extends Error {}
