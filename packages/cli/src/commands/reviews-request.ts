import type { Command } from "../command.ts";
import { chooseReview, describeReview, reviewOptions, reviewsOf, versionArgument } from "../local/review-of.ts";

export const reviewsRequest: Command = {
  name: "reviews request",
  summary: "ask for a review of a model version by the questions of an environment",
  arguments: [versionArgument],
  options: reviewOptions,
  examples: ["pave reviews request flights@2 --environment production"],
  async run(context, [reference], options) {
    const found = await reviewsOf(context, reference, options);
    const { client, project, model, version } = found;
    const { environment } = chooseReview(found, options);
    const data = await client.requestReview({ params: { project, model, version }, body: { environment } });
    return { data, text: describeReview(data) };
  },
};
