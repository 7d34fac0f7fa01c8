import { type Client, type Review, unanswered } from "@pave/contract";
import { CliError, type CommandContext, type Option, type Options, projectOption, text } from "../command.ts";
import { ago, colors } from "../output.ts";
import { projectName } from "./project-folder.ts";
import { versionOf } from "./subject-of.ts";

export const reviewOptions: readonly Option[] = [
  projectOption,
  { flags: "-e, --environment <name>", help: "whose questions are meant (default: the only one that asks some)" },
];

export const versionArgument = { name: "<model@version>", help: "a model version: flights@2" } as const;

interface Reviewed {
  readonly client: Client;
  readonly project: string;
  readonly model: string;
  readonly version: string;
  readonly reviews: readonly Review[];
}

export async function reviewsOf(
  context: CommandContext,
  reference: string | undefined,
  options: Options,
): Promise<Reviewed> {
  const project = await projectName(context.folder, text(options.project));
  const { model, version } = versionOf(reference);
  const client = await context.client();
  const { items } = await client.listReviews({ params: { project, model, version } });
  return { client, project, model, version, reviews: items };
}

/** The review that is meant: of the environment named, or of the only one that asks questions. */
export function chooseReview({ reviews }: Pick<Reviewed, "reviews">, options: Options): Review {
  const environment = text(options.environment);
  const found = environment === undefined ? reviews : reviews.filter((review) => review.environment === environment);
  const [review, ...others] = found;
  if (review && others.length === 0) return review;
  const names = reviews.map((one) => one.environment).join(", ");
  throw new CliError(
    review
      ? `Which review? ${names} ask questions`
      : `${environment ?? "No environment"} asks no questions about model versions`,
    { fix: review ? "Name one with --environment." : "A platform admin gives an environment `reviews:` in its YAML." },
  );
}

/** Its id; says what to do where nobody has asked for it yet. */
export function requested({ id, model, version, environment }: Review): string {
  if (id !== null) return id;
  throw new CliError(`Nobody has asked for a review of ${model} version ${version} for ${environment}`, {
    fix: `Ask for one: pave reviews request ${model}@${version} --environment ${environment}`,
  });
}

export function describeReview(review: Review): string {
  const { model, version, environment, verdict, questions, answers, decidedBy, decidedAt, comment } = review;
  const missing = unanswered(questions, answers).map(({ id }) => id);
  return [
    `${colors.bold(`${model} version ${version} for ${environment}`)}  ${verdict}`,
    ...(decidedBy && decidedAt ? [`  by ${decidedBy.name}, ${ago(decidedAt)}${comment ? `: ${comment}` : ""}`] : []),
    ...questions.flatMap(({ id, ask, evidence }) => {
      const answer = answers.find(({ question }) => question === id);
      const isMissing = missing.includes(id);
      const wants = answer && isMissing ? " (evidence is missing)" : evidence === "required" ? " (with evidence)" : "";
      const head = `  ${isMissing ? "·" : "✔"} ${id}: ${ask}${wants}`;
      if (!answer) return [head];
      const rests = answer.evidence.map((one) =>
        one.kind === "run" ? `run ${one.number}` : one.kind === "link" ? one.url : `artifact ${one.id}`,
      );
      return [head, `    ${answer.text} (${[answer.by.name, ...rests].join(", ")})`];
    }),
  ].join("\n");
}
