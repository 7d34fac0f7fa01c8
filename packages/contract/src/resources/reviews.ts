import { z } from "zod";
import { principalRefSchema, timeSchema } from "../common.ts";
import { reviewQuestionSchema } from "../spec/review-spec.ts";

/** What an answer rests on. */
export const reviewEvidenceSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("artifact"), id: z.string().min(1).max(100) }),
  z.strictObject({ kind: z.literal("run"), number: z.number().int().positive() }),
  z.strictObject({ kind: z.literal("link"), url: z.url({ protocol: /^https?$/ }).max(2000) }),
]);
export type ReviewEvidence = z.infer<typeof reviewEvidenceSchema>;

export const reviewAnswerSchema = z.object({
  question: z.string(),
  text: z.string(),
  evidence: z.array(reviewEvidenceSchema),
  by: principalRefSchema,
  at: timeSchema,
});

export const reviewVerdicts = ["none", "open", "approved", "rejected", "stale"] as const;

export const reviewSchema = z.object({
  /** Null where nobody has asked for one yet. */
  id: z.string().nullable(),
  model: z.string(),
  version: z.string(),
  environment: z.string(),
  /** `stale`: the environment asks other questions by now. */
  verdict: z.enum(reviewVerdicts),
  /** Those that it answers; where none was asked for, those of the environment now. */
  questions: z.array(reviewQuestionSchema),
  answers: z.array(reviewAnswerSchema),
  requestedBy: principalRefSchema.nullable(),
  requestedAt: timeSchema.nullable(),
  decidedBy: principalRefSchema.nullable(),
  decidedAt: timeSchema.nullable(),
  comment: z.string(),
  /** May the caller give the verdict now? */
  mayDecide: z.object({ allowed: z.boolean(), reason: z.string().nullable() }),
});
export type Review = z.infer<typeof reviewSchema>;

/** Questions without an answer, or whose answer lacks the evidence that they ask for. */
export function unanswered<Q extends Pick<Review["questions"][number], "id" | "evidence">>(
  questions: readonly Q[],
  answers: readonly { readonly question: string; readonly evidence: readonly unknown[] }[],
): Q[] {
  return questions.filter(({ id, evidence }) => {
    const answer = answers.find(({ question }) => question === id);
    return answer === undefined || (evidence === "required" && answer.evidence.length === 0);
  });
}
