import type { Command } from "../command.ts";
import { describeReview, reviewOptions, reviewsOf, versionArgument } from "../local/review-of.ts";

export const reviewsShow: Command = {
  name: "reviews show",
  summary: "show the reviews of a model version: questions, answers, evidence, verdict",
  arguments: [versionArgument],
  options: reviewOptions.slice(0, 1),
  examples: ["pave reviews show flights@2"],
  async run(context, [reference], options) {
    const { reviews } = await reviewsOf(context, reference, options);
    const text = reviews.map(describeReview).join("\n");
    return { data: { items: reviews }, text: text || "No environment asks questions about model versions." };
  },
};
