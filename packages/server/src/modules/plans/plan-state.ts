/*
 * The life of a plan.
 *
 *   evaluating ─► blocked | open | ready        when its evidence is complete
 *   open ─► ready                               when enough approvals are given
 *   ready ─► applying ─► applied | failed       failed: everything it did is undone
 *   stale                                       something it read has moved; recomputing leads back
 *   rejected, cancelled                         by people, or superseded by a recomputed plan
 *
 * A plan in `applying` belongs to the journal alone: nothing else may end it, and a crash leads back into it.
 */
import { type GateVerdict, type PlanState, planStates } from "@pave/contract";

const judged = ["evaluating", "blocked", "open", "ready"] as const;
const endings = ["rejected", "cancelled"] as const;

const moves: Readonly<Record<PlanState, readonly PlanState[]>> = {
  evaluating: ["blocked", "open", "ready", "stale", ...endings],
  blocked: ["evaluating", "open", "ready", "stale", ...endings],
  open: ["evaluating", "blocked", "ready", "stale", ...endings],
  ready: ["evaluating", "blocked", "open", "applying", "stale", ...endings],
  stale: [...judged, ...endings],
  applying: ["applied", "failed"],
  applied: [],
  failed: [],
  rejected: [],
  cancelled: [],
};

export const mayMove = (from: PlanState, to: PlanState): boolean => moves[from].includes(to);

/** States in which a plan still waits for something. */
const openStates = planStates.filter((state) => moves[state].includes("cancelled"));
export const isOpen = (state: PlanState): boolean => openStates.includes(state);

/** Failing gates of mode `prevent`, and every error: a rule that cannot be judged blocks whatever its mode. */
export const blockingVerdicts = (verdicts: readonly GateVerdict[]): readonly GateVerdict[] =>
  verdicts.filter(({ verdict, mode }) => verdict === "error" || (verdict === "fail" && mode === "prevent"));

/** The state of a plan that is neither stale nor decided. */
export function judgedState(plan: {
  pending: string | null;
  verdicts: readonly GateVerdict[];
  given: number;
  needed: number;
}): PlanState {
  if (plan.pending !== null) return "evaluating";
  if (blockingVerdicts(plan.verdicts).length > 0) return "blocked";
  return plan.given >= plan.needed ? "ready" : "open";
}
