import { approversOf, type ErrorCode, type Role, rolePermissions } from "@pave/contract";
import type { Actor } from "../../kernel/actor.ts";
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
  readonly authorId: string;
  readonly reshapedById?: string | null;
}

/** Whose plan it is: its author's, and whoever's who had it computed again with another outcome. */
const isOwn = ({ authorId, reshapedById }: Decided, principalId: string): boolean =>
  principalId === authorId || principalId === reshapedById;

/**
 * Approvals that count now: of this very plan, by somebody who still has the role, by those whose plan it is only where
 * that is allowed.
 */
export function countingApprovals(
  plan: Decided,
  approvals: readonly ApprovalRow[],
  rolesNow: RolesNow,
): readonly ApprovalRow[] {
  return approvals.filter(
    ({ decision, planHash, principalId }) =>
      decision === "approved" &&
      planHash === plan.hash &&
      (plan.approvalRule.selfApproval || !isOwn(plan, principalId)) &&
      mayDecide(rolesNow(principalId), plan.approvalRule),
  );
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
  if (decision === "approved" && isOwn(plan, actor.principalId) && !rule.selfApproval) {
    const isAuthor = actor.principalId === plan.authorId;
    return {
      code: "approval.self",
      message: `${actor.name} ${isAuthor ? "is the plan's author" : "had the plan computed again, which changed what it does"}, and the environment does not let authors approve their own plans`,
      fix: `${askAnother}.`,
    };
  }
  if (
    decision === "approved" &&
    approvals.some(
      ({ principalId, planHash, decision: given }) =>
        principalId === actor.principalId && planHash === plan.hash && given === "approved",
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

function whomToAsk({ project, approvalRule: { roles } }: Decided) {
  const approvers = approversOf({ project, roles });
  return project === null
    ? { approvers, ask: `Ask ${approvers}`, askAnother: "Ask another platform admin; there has to be a second one" }
    : { approvers, ask: `Ask somebody with ${approvers}`, askAnother: `Ask somebody else with ${approvers}` };
}
