import { type ErrorCode, unanswered } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import type { Verdict } from "./review-verdict.ts";
import type { AnswerRow, ReviewRow } from "./reviews-store.ts";

export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly fix: string;
}

export interface Judged {
  readonly review: ReviewRow;
  readonly verdict: Verdict;
  readonly answers: readonly AnswerRow[];
  /** Who has part in the version itself: who registered it, who asked for the run that made it or, for a machine, pushed. */
  readonly makers: readonly string[];
  /** All accounts of who would decide, and the machines that they own. */
  readonly deciders: readonly string[];
  /** All accounts of who made the token that they would decide with. */
  readonly lenders: readonly string[];
  /** May those whose work it is decide it, too? The environment's rule for plans. */
  readonly selfApproval: boolean;
}

/** Why this actor may not give a verdict now, beside lacking the permission; undefined when nothing stands against it. */
export function refuseVerdict(
  { review, verdict, answers, makers, deciders, lenders, selfApproval }: Judged,
  actor: Ctx["actor"],
  wanted: "approved" | "rejected",
): Refusal | undefined {
  if (verdict !== "open")
    return {
      code: "review.not_open",
      message: `The review of ${review.model} version ${review.version} for ${review.environment} is ${verdict}`,
      fix: `Ask for a new one with \`pave reviews request ${review.model}@${review.version} --environment ${review.environment}\`.`,
    };
  if (actor.kind !== "user")
    return {
      code: "access.denied",
      message: `${actor.name} is a ${actor.kind}; model versions are reviewed by people`,
      fix: "Ask somebody with the role reviewer or admin.",
    };
  const part = wanted === "approved" && !selfApproval ? partOf(review, answers, makers, deciders) : undefined;
  if (part)
    return {
      code: "review.self",
      message: `${actor.name} ${part}, and ${review.environment} does not let authors approve their own work`,
      fix: "Ask somebody else with the role reviewer or admin.",
    };
  const lent = wanted === "approved" && !selfApproval ? partOf(review, answers, makers, lenders) : undefined;
  if (lent)
    return {
      code: "review.self",
      message: `Who made this token of ${actor.name} ${lent}, and ${review.environment} does not let authors approve their own work`,
      fix: `${actor.name} has to approve it with a session or a token of their own.`,
    };
  const missing = wanted === "approved" ? unanswered(review.questions, answers) : [];
  if (missing.length > 0)
    return {
      code: "review.incomplete",
      message: `${missing.length} of ${review.questions.length} questions lack an answer or the evidence it needs: ${missing.map(({ id }) => id).join(", ")}`,
      fix: `Answer with \`pave reviews answer ${review.model}@${review.version} ${missing[0]?.id} --environment ${review.environment} -m …\`.`,
    };
  return undefined;
}

function partOf(
  review: ReviewRow,
  answers: readonly AnswerRow[],
  makers: readonly string[],
  deciders: readonly string[],
): string | undefined {
  if (makers.some((id) => deciders.includes(id))) return "made this version";
  if (deciders.includes(review.requestedById)) return "asked for this review";
  return answers.some(({ answeredById }) => deciders.includes(answeredById)) ? "answered its questions" : undefined;
}
