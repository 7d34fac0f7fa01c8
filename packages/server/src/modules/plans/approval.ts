import { approversOf, type ErrorCode, type Role, rolePermissions } from "@pave/contract";
import type { Actor } from "../../kernel/actor.ts";
import type { Answerable } from "../access/index.ts";
import type { Authors } from "./authors.ts";
import type { ApprovalRow, ApprovalRule, PlannedAction } from "./plan.ts";

/** Roles as they are now, by principal. A platform admin holds `admin`; a disabled principal holds none. */
export type RolesNow = (principalId: string) => readonly Role[];

/** A role stands for another when it may do all that the other may: admin for everyone, reviewer for viewer. */
const satisfies = (held: Role, wanted: Role): boolean =>
  rolePermissions[wanted].every((permission) => rolePermissions[held].includes(permission));

const mayDecide = (held: readonly Role[], rule: ApprovalRule): boolean =>
  held.some((role) => rule.roles.some((wanted) => satisfies(role, wanted)));

/** The rule, with at least one approval where an action changes rules. */
export function ruleFor(rule: ApprovalRule, actions: readonly PlannedAction[]): ApprovalRule {
  const quorum = actions.some(({ needsApproval }) => needsApproval) ? Math.max(1, rule.quorum) : rule.quorum;
  return { roles: rule.roles, quorum, selfApproval: rule.selfApproval };
}

interface Decided {
  readonly project: string | null;
  readonly approvalRule: ApprovalRule;
  readonly hash: string;
}

/**
 * Approvals that count now: of this very plan, by somebody who still has the role, by those whose plan it is only where
 * that is allowed. Two accounts of one person are one.
 */
export function countingApprovals(
  plan: Decided,
  approvals: readonly ApprovalRow[],
  rolesNow: RolesNow,
  authors: Authors,
): readonly ApprovalRow[] {
  const counting = approvals.filter(
    ({ decision, planHash, principalId }) =>
      decision === "approved" &&
      planHash === plan.hash &&
      (plan.approvalRule.selfApproval || authors.why(principalId) === undefined) &&
      mayDecide(rolesNow(principalId), plan.approvalRule),
  );
  const people = counting.map(({ principalId }) => authors.person(principalId));
  return counting.filter((_, index) => people.indexOf(people[index] ?? "") === index);
}

export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly fix: string;
}

/** Why this actor may not approve (or reject) the plan, whatever its state; undefined when nothing stands against it. */
export function refuseDecision(
  plan: Decided,
  decision: "approved" | "rejected",
  actor: Pick<Actor, "principalId" | "kind" | "name">,
  roles: readonly Role[],
  approvals: readonly ApprovalRow[],
  authors: Authors,
): Refusal | undefined {
  const rule = plan.approvalRule;
  const { approvers, ask, askAnother } = whomToAsk(plan);
  if (actor.kind !== "user") {
    return {
      code: "access.denied",
      message: `${actor.name} is a ${actor.kind}; plans are ${decision} by people`,
      fix: `${ask}.`,
    };
  }
  if (!mayDecide(roles, rule)) {
    const ofPlatform = plan.project === null;
    const held = roles.length === 0 ? "none" : roles.join(", ");
    return {
      code: "access.denied",
      message: `This plan is decided by ${approvers}; ${actor.name} ${ofPlatform ? "is none" : `has ${held}`}`,
      fix: ofPlatform ? `${ask}.` : `${ask}, or an admin of the project for the role.`,
    };
  }
  const own = decision === "approved" && !rule.selfApproval ? authors.why(actor.principalId) : undefined;
  if (own !== undefined) {
    return {
      code: "approval.self",
      message: `${actor.name} ${own}, and the environment does not let authors approve their own plans`,
      fix: `${askAnother}.`,
    };
  }
  if (
    decision === "approved" &&
    approvals.some(
      ({ principalId, planHash, decision: given }) =>
        authors.person(principalId) === authors.person(actor.principalId) &&
        planHash === plan.hash &&
        given === "approved",
    )
  ) {
    return {
      code: "approval.duplicate",
      message: `${actor.name} has approved this plan already`,
      fix: "Somebody else has to give the next approval.",
    };
  }
  return undefined;
}

/** Why this token does not approve the plan: its author made it, and so might hold it. */
export function refuseBorrowed(
  plan: Decided,
  actor: Pick<Actor, "name">,
  behind: readonly Answerable[],
  authors: Authors,
): Refusal | undefined {
  if (plan.approvalRule.selfApproval) return undefined;
  if (behind.every(({ principalId }) => authors.why(principalId) === undefined)) return undefined;
  return {
    code: "approval.self",
    message: `The plan's author made this token of ${actor.name}, and the environment does not let authors approve their own plans`,
    fix: `${actor.name} has to approve it with a session or a token of their own.`,
  };
}

function whomToAsk({ project, approvalRule: { roles } }: Decided) {
  const approvers = approversOf({ project, roles });
  return project === null
    ? { approvers, ask: `Ask ${approvers}`, askAnother: "Ask another platform admin; there has to be a second one" }
    : { approvers, ask: `Ask somebody with ${approvers}`, askAnother: `Ask somebody else with ${approvers}` };
}
