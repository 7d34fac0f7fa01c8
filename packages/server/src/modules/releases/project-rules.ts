/*
 * A revision brings gates of its own, but is judged by those in force: the environment's, and the project's gates that
 * the last applied plan put in force there. Its own count on top, so a revision can tighten at once. What it drops or
 * loosens still counts, and putting its gates in force is an action of its own that somebody has to approve.
 */
import { counted, type GateSpec } from "@pave/contract";
import { canonicalJson } from "../../kernel/json.ts";
import type { GateRule, PlannedAction } from "../plans/index.ts";

export interface RulesInForce {
  readonly gates: readonly GateSpec[];
  readonly version: number;
}

/** The rules that a release of a revision with these gates is judged by. */
export function gateRules(
  environment: { name: string; gates: readonly GateSpec[] },
  inForce: readonly GateSpec[],
  own: readonly GateSpec[],
): GateRule[] {
  const lost = loosened(inForce, own);
  return [
    ...environment.gates.map((gate) => rule(gate, `environment ${environment.name}`)),
    ...own.map((gate) => rule(gate, "project")),
    ...lost.map((gate) => ({
      ...rule(gate, `project, in force in ${environment.name}`),
      note: "this revision removes or loosens this rule: judged by the rule in force; changing it is an action of its own, which needs approval",
    })),
  ];
}

/** Gates in force that the revision no longer has, or has in a weaker mode. */
const loosened = (inForce: readonly GateSpec[], own: readonly GateSpec[]): GateSpec[] =>
  inForce.filter((gate) => !own.some((other) => isAsStrict(other, gate)));

const isAsStrict = (own: GateSpec, gate: GateSpec): boolean =>
  own.check.trim() === gate.check.trim() &&
  own.when?.trim() === gate.when?.trim() &&
  (own.mode === gate.mode || own.mode === "prevent");

const rule = ({ check, when, message, mode }: GateSpec, origin: string): GateRule => ({
  check,
  when: when ?? null,
  message: message ?? null,
  mode,
  origin,
});

/** Puts the revision's gates in force; undefined when they are already. */
export function changeGatesAction(input: {
  project: string;
  environment: string;
  inForce: RulesInForce | undefined;
  own: readonly GateSpec[];
  revision: number;
}): PlannedAction | undefined {
  const before = input.inForce?.gates ?? null;
  if (before ? canonicalJson(before) === canonicalJson(input.own) : input.own.length === 0) return undefined;
  const lost = loosened(before ?? [], input.own);
  return {
    id: "change-gates",
    kind: "change-gates",
    subject: `gates of ${input.project} in ${input.environment}`,
    title: before
      ? `Change the project's gates in ${input.environment}`
      : `Put the project's gates in force in ${input.environment}`,
    reason:
      lost.length > 0
        ? `Revision ${input.revision} removes or loosens ${lost.map(({ check }) => `\`${check}\``).join(", ")}; somebody has to approve that`
        : `Revision ${input.revision} has ${counted(input.own.length, "gate")}`,
    undo: before ? "Restores the gates in force before" : "Takes the gates out of force",
    change: before ? "update" : "create",
    before,
    after: [...input.own],
    needsApproval: lost.length > 0,
  };
}
