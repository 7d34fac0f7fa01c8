import type { ReviewEvidence } from "@pave/contract";
import { CliError, type Command, list, text } from "../command.ts";
import {
  chooseReview,
  describeReview,
  requested,
  reviewOptions,
  reviewsOf,
  versionArgument,
} from "../local/review-of.ts";
import { runNumber } from "./runs-show.ts";

export const reviewsAnswer: Command = {
  name: "reviews answer",
  summary: "answer a question of a review, with what the answer rests on",
  arguments: [versionArgument, { name: "<question>", help: "its id" }],
  options: [
    ...reviewOptions,
    { flags: "-m, --message <text>", help: "the answer" },
    { flags: "--run <number>", help: "a run as evidence", repeatable: true },
    { flags: "--artifact <id>", help: "an artifact as evidence", repeatable: true },
    { flags: "--link <url>", help: "a page as evidence", repeatable: true },
  ],
  examples: ["pave reviews answer flights@2 fairness -m 'no carrier is worse by more than 2 %' --run 12"],
  async run(context, [reference, question = ""], options) {
    const message = text(options.message);
    if (message === undefined)
      throw new CliError("What is the answer? There is no --message", { fix: "Give one with -m." });
    const found = await reviewsOf(context, reference, options);
    const review = requested(chooseReview(found, options));
    const evidence: ReviewEvidence[] = [
      ...list(options.run).map((number) => ({ kind: "run" as const, number: runNumber(number) })),
      ...list(options.artifact).map((id) => ({ kind: "artifact" as const, id })),
      ...list(options.link).map((url) => ({ kind: "link" as const, url })),
    ];
    const data = await found.client.answerReview({
      params: { project: found.project, review, question },
      body: { text: message, evidence },
    });
    return { data, text: describeReview(data) };
  },
};
