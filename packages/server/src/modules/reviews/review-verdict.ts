import { type Review, type ReviewQuestion, unanswered } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { canonicalJson } from "../../kernel/json.ts";
import { listAnswers, listReviews, type ReviewRow } from "./reviews-store.ts";

export type Verdict = Review["verdict"];

/** What a review comes to by the questions that the environment asks now. Other questions make every verdict stale. */
export function verdictOf(
  review: Pick<ReviewRow, "state" | "questions"> | undefined,
  asked: readonly ReviewQuestion[],
): Verdict {
  if (!review || review.state === "superseded") return "none";
  return canonicalJson(review.questions) === canonicalJson(asked) ? review.state : "stale";
}

/** What gates may ask about a model version on its way to an environment: `review.verdict == 'approved'`. */
export async function reviewEvidence(
  ctx: Ctx,
  input: {
    readonly model: string;
    readonly version: number;
    readonly environment: string;
    readonly questions: readonly ReviewQuestion[];
  },
): Promise<{ verdict: Verdict; questions: number; answered: number }> {
  const review = (await listReviews(ctx, input.model, input.version)).find(
    ({ environment }) => environment === input.environment,
  );
  const answers = review ? await listAnswers(ctx, [review.id]) : [];
  const { questions } = input;
  return {
    verdict: verdictOf(review, questions),
    questions: questions.length,
    answered: questions.length - unanswered(questions, answers).length,
  };
}
