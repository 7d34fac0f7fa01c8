import { z } from "zod";
import { nameSchema } from "../common.ts";

/** One question that every model version is to have answered before it comes to an environment. */
export const reviewQuestionSchema = z.strictObject({
  id: nameSchema,
  ask: z.string().min(1).max(1000),
  /** `required`: an answer without an artifact, a run or a link is none. */
  evidence: z.enum(["optional", "required"]).default("optional"),
});
export type ReviewQuestion = z.infer<typeof reviewQuestionSchema>;

/** The questions of an environment, each id once. Gates ask for the verdict: `review.verdict == 'approved'`. */
export const reviewSpecSchema = z
  .array(reviewQuestionSchema)
  .max(50)
  .superRefine((questions, context) => {
    const ids = questions.map(({ id }) => id);
    const again = ids.findIndex((id, index) => ids.indexOf(id) !== index);
    if (again >= 0)
      context.addIssue({ code: "custom", path: [again, "id"], message: `the id ${ids[again]} is there twice` });
  });
