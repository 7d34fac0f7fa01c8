import { approversOf } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import type { PlanRow } from "./plan.ts";
import { blockingVerdicts } from "./plan-state.ts";
import { findPlan } from "./plan-store.ts";

export interface PlanKey {
  /** Null for a plan of the platform. */
  readonly projectId: string | null;
  readonly number: number;
}

export async function getPlan(ctx: Ctx, key: PlanKey, options: { lock?: boolean } = {}): Promise<PlanRow> {
  const plan = await findPlan(ctx, key, options);
  if (!plan)
    throw new PaveError(
      "plan.not_found",
      `There is no plan ${key.number} ${key.projectId === null ? "of the platform" : "in this project"}`,
      {
        fix: `List them with \`pave plans list${flagOf(key)}\`.`,
      },
    );
  return plan;
}

/** How the terminal client is told that the platform's plan is meant. */
const flagOf = ({ projectId }: Pick<PlanKey, "projectId">): string => (projectId === null ? " --platform" : "");

/** Refuses what only a plan in this state allows, saying what stands in the way. */
export function assertState(plan: PlanRow, wanted: "open" | "ready", verb: string): void {
  const { state, number } = plan;
  if (state === wanted) return;
  if (state === "stale") {
    throw new PaveError("plan.stale", `Plan ${number} is stale: ${plan.staleBecause.join("; ")}`, {
      fix: `Compute it again with \`pave plans recompute ${number}${flagOf(plan)}\`.`,
    });
  }
  if (state === "blocked") {
    const problems = blockingVerdicts(plan.verdicts).map(({ check, origin, verdict, detail }) => ({
      message: `${origin}: ${check}: ${verdict}: ${detail}`,
    }));
    throw new PaveError("gate.blocked", `Plan ${number} is blocked: ${problems[0]?.message ?? "a gate failed"}`, {
      problems,
      fix: "Release a version that passes, or have the rule changed by a plan of its own.",
    });
  }
  if (state === "open") {
    throw new PaveError(
      "plan.not_approved",
      `Plan ${number} lacks approvals: it needs ${plan.approvalRule.quorum} by ${approversOf({ project: plan.project, roles: plan.approvalRule.roles })}`,
      { fix: `Have it approved in the portal or with \`pave plans approve ${number}${flagOf(plan)}\`.` },
    );
  }
  if (state === "evaluating") {
    throw new PaveError(
      "plan.not_open",
      `Plan ${number} still waits for its evidence: ${plan.pending ?? "it is being computed"}`,
      { fix: "Wait for the evaluation to finish." },
    );
  }
  const said = {
    ready: "has every approval it needs",
    applying: "is being applied",
    applied: "is applied",
    failed: "has failed and is undone",
    rejected: "was rejected",
    cancelled: plan.supersededBy ? `was superseded by plan ${plan.supersededBy}` : "was cancelled",
  };
  throw new PaveError("plan.not_open", `Plan ${number} ${said[state as keyof typeof said]}; it cannot be ${verb}`, {
    fix: state === "ready" ? `Apply it with \`pave plans apply ${number}${flagOf(plan)}\`.` : "Make a new plan.",
  });
}

/** Refuses to decide on another plan than the one that was looked at. */
export function assertHash(plan: PlanRow, seen: string | undefined): void {
  if (seen === undefined || seen === plan.hash) return;
  throw new PaveError(
    "plan.hash_mismatch",
    `Plan ${plan.number} is not the one that was looked at: expected ${seen}, found ${plan.hash}`,
    { fix: "Look at it again; it was computed anew." },
  );
}
