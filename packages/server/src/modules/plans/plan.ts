import type { GateVerdict, Plan, PlanAction, PlanEstimate, PlanState, Role } from "@pave/contract";
import { must } from "../../kernel/pave-error.ts";
import type { Answerable } from "../access/index.ts";
import type { GateRule } from "./evaluate-gate.ts";
import type { Evidence } from "./evidence.ts";

/** One change a plan would make. Its handler is registered under `kind`. */
export interface PlannedAction {
  /** Unique within the plan, such as `release.late`. */
  readonly id: string;
  readonly kind: string;
  /** The thing that changes, such as `deployment late in staging`. */
  readonly subject: string;
  readonly title: string;
  readonly reason: string;
  /** How it is undone, in words. */
  readonly undo: string;
  readonly change: PlanAction["change"];
  readonly before: unknown;
  readonly after: unknown;
  /** Needs somebody's approval even where the environment asks for none. */
  readonly needsApproval?: boolean;
}

/** A thing the plan was computed from, and the version it was in. */
export interface Read {
  readonly thing: string;
  readonly version: string;
}

export interface ApprovalRule {
  readonly roles: readonly Role[];
  readonly quorum: number;
  /** May the author be one of the approvers? */
  readonly selfApproval: boolean;
}

/** Evidence about one of the things that a plan releases. */
export interface EvidenceSet {
  readonly subject: string;
  readonly values: Evidence;
}

/** A plan as computed just now, before it is anybody's. */
export interface Draft {
  readonly title: string;
  readonly revisionId: string | null;
  /** What was asked for with every open choice made, so that a later look speaks of the same candidate. */
  readonly pinned: Record<string, unknown>;
  readonly actions: readonly PlannedAction[];
  readonly reads: readonly Read[];
  readonly gates: readonly GateRule[];
  readonly approvals: ApprovalRule;
  readonly evidence: readonly EvidenceSet[];
  /** Verdicts that are no expression over evidence, such as a freeze. */
  readonly standing: readonly GateVerdict[];
  /** What the evidence still waits for; null when it is complete. */
  readonly pending: string | null;
  /** Shown to those who decide; it never makes another plan of one. Null: none, or the one before still holds. */
  readonly estimate: PlanEstimate | null;
}

/** Whose a plan is: a project's, or the platform's where both are null. */
export interface PlanOwner {
  readonly projectId: string | null;
  /** Its name. */
  readonly project: string | null;
}

export interface PlanRequest extends PlanOwner {
  readonly environment: string;
  readonly asked: Record<string, unknown>;
  readonly pinned: Record<string, unknown> | null;
}

export interface PlanRow extends PlanRequest {
  readonly id: string;
  readonly number: number;
  readonly kind: string;
  readonly title: string;
  readonly message: string | null;
  readonly state: PlanState;
  readonly revisionId: string | null;
  readonly actions: readonly PlannedAction[];
  readonly reads: readonly Read[];
  readonly gates: readonly GateRule[];
  readonly verdicts: readonly GateVerdict[];
  readonly evidence: readonly EvidenceSet[];
  readonly pending: string | null;
  readonly estimate: PlanEstimate | null;
  readonly approvalRule: ApprovalRule;
  readonly hash: string;
  readonly staleBecause: readonly string[];
  readonly autoApply: boolean;
  readonly supersededBy: number | null;
  readonly authorId: string;
  /** Who else decided what is in it, by having it computed again with another outcome. */
  readonly reshapedById: string | null;
  /** Who stood behind the token, service account or agent that made it. */
  readonly behind: readonly Answerable[];
  readonly createdAt: Date;
  readonly appliedAt: Date | null;
  readonly appliedById: string | null;
  readonly failure: string | null;
}

export interface ApprovalRow {
  readonly principalId: string;
  readonly decision: Plan["approvalList"][number]["decision"];
  readonly comment: string;
  readonly planHash: string;
  readonly carriedOver: boolean;
  readonly at: Date;
}

/** The journal's line about one action. */
export interface PlanStep {
  readonly position: number;
  readonly actionId: string;
  readonly state: PlanAction["state"];
  /** What the handler wanted remembered, also for undoing. */
  readonly memo: Record<string, unknown> | null;
  readonly result: Record<string, unknown> | null;
  readonly error: string | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** The plan with its project, for kinds of plans that only projects have. */
export const withProject = <T extends PlanOwner>(
  plan: T,
): T & { readonly projectId: string; readonly project: string } => ({
  ...plan,
  projectId: must(plan.projectId ?? undefined, "the plan's project"),
  project: must(plan.project ?? undefined, "the plan's project"),
});
