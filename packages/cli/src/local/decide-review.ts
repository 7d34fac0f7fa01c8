import { type Command, text } from "../command.ts";
import { chooseReview, describeReview, requested, reviewOptions, reviewsOf, versionArgument } from "./review-of.ts";

/** `reviews approve` and `reviews reject`: the same question, another verdict. */
export const decideReview = (verb: "approve" | "reject", verdict: "approved" | "rejected"): Command => ({
  name: `reviews ${verb}`,
  summary: `${verb} a model version in its review`,
  arguments: [versionArgument],
  options: [...reviewOptions, { flags: "-m, --message <text>", help: "why" }],
  examples: [`pave reviews ${verb} flights@2 -m 'looked at the slices'`],
  async run(context, [reference], options) {
    const found = await reviewsOf(context, reference, options);
    const review = requested(chooseReview(found, options));
    const data = await found.client.decideReview({
      params: { project: found.project, review },
      body: { verdict, comment: text(options.message) ?? "" },
    });
    return { data, text: describeReview(data) };
  },
});
