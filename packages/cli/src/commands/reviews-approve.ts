import { type Command, text } from "../command.ts";
import {
  chooseReview,
  describeReview,
  requested,
  reviewOptions,
  reviewsOf,
  versionArgument,
} from "../local/review-of.ts";

export const reviewsApprove: Command = {
  name: "reviews approve",
  summary: "approve a model version in its review",
  arguments: [versionArgument],
  options: [...reviewOptions, { flags: "-m, --message <text>", help: "why" }],
  examples: ["pave reviews approve flights@2 -m 'looked at the slices'"],
  async run(context, [reference], options) {
    const found = await reviewsOf(context, reference, options);
    const review = requested(chooseReview(found, options));
    const data = await found.client.decideReview({
      params: { project: found.project, review },
      body: { verdict: "approved", comment: text(options.message) ?? "" },
    });
    return { data, text: describeReview(data) };
  },
};
