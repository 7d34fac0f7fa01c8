import { digestOfJson } from "../../kernel/json.ts";
import type { GateRule } from "./evaluate-gate.ts";
import type { ApprovalRule, EvidenceSet, PlannedAction, Read } from "./plan.ts";

/**
 * What an approval approves: SHA-256 over canonical JSON (RFC 8785) of the actions, of what the plan read, and of the
 * digests of rules and evidence. Titles, reasons, estimates and times are shown, not hashed.
 */
export function planHash(plan: {
  readonly actions: readonly PlannedAction[];
  readonly reads: readonly Read[];
  readonly gates: readonly GateRule[];
  readonly approvalRule: ApprovalRule;
  readonly evidence: readonly EvidenceSet[];
}): string {
  const gates = plan.gates.map(({ check, when, mode, origin }) => ({ check, when, mode, origin }));
  return digestOfJson({
    actions: actionsForHash(plan.actions),
    reads: plan.reads.map(({ thing, version }) => [thing, version]),
    rules: digestOfJson({ gates, approvals: plan.approvalRule }),
    evidence: digestOfJson(plan.evidence),
  });
}

/** The part of the actions that says what changes. */
export const actionsForHash = (actions: readonly PlannedAction[]) =>
  actions.map(({ kind, subject, change, before, after }) => ({ kind, subject, change, before, after }));
