import { z } from "zod";
import { PaveError } from "../../../kernel/pave-error.ts";
import { checkNeeds } from "./check-needs.ts";
import type { Template } from "./render-template.ts";

/** What is used of the report that `pave/profile-table` writes. */
const profileSchema = z.object({
  rows: z.number(),
  columns: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      missingShare: z.number(),
      min: z.unknown().optional(),
      max: z.unknown().optional(),
      flags: z.array(z.object({ flag: z.string(), reason: z.string() })).default([]),
    }),
  ),
  target: z
    .object({
      name: z.string(),
      task: z.string(),
      positive: z.string().nullable(),
      distinct: z.number(),
      classes: z.array(z.object({ value: z.string(), share: z.number() })),
      problems: z.array(z.string()),
    })
    .nullable(),
  reading: z.object({ delimiter: z.string(), decimalCommas: z.array(z.string()) }).nullish(),
  suggestions: z.object({ splitBy: z.string().nullable(), exclude: z.array(z.string()) }),
});
type Profile = z.infer<typeof profileSchema>;

export interface ProfiledAnswers {
  readonly answers: Readonly<Record<string, unknown>>;
  /** How the table was read: rows, columns by type, and what a CSV file leaves open. */
  readonly understood: string;
  /** Sentences about what was noticed. */
  readonly warnings: readonly string[];
}

/**
 * Answers what the data can answer and nobody has: columns, what to leave out, what to split by, which value is the
 * positive one. Throws where the target cannot be learned by this template.
 */
export function answersFromProfile(
  template: Pick<Template, "name" | "questions" | "needs">,
  given: Readonly<Record<string, unknown>>,
  input: unknown,
): ProfiledAnswers {
  const profile = parseProfile(input);
  const asks = new Set(template.questions.map((question) => question.name));
  const found: Record<string, unknown> = {
    columns: profile.columns.map(describeColumn),
    exclude: profile.suggestions.exclude,
    splitBy: profile.suggestions.splitBy ?? "",
    minimumRows: Math.max(1, Math.floor(profile.rows / 2)),
    decimalComma: (profile.reading?.decimalCommas ?? []).length > 0,
    ...(profile.target ? { target: profile.target.name } : {}),
    ...(profile.target?.positive == null ? {} : { positive: profile.target.positive }),
  };
  const fitting = Object.fromEntries(Object.entries(found).filter(([name]) => asks.has(name)));
  const answers = { ...fitting, ...given };
  assertLearnable(template, profile, answers);
  return { answers, understood: describeTable(profile), warnings: warningsOf(profile, answers) };
}

const typeWords: Readonly<Record<string, readonly [string, string]>> = {
  string: ["text", "texts"],
  integer: ["whole number", "whole numbers"],
  number: ["number", "numbers"],
  boolean: ["boolean", "booleans"],
  timestamp: ["time", "times"],
};

function describeTable({ rows, columns, reading }: Profile): string {
  const types = Object.entries(typeWords).flatMap(([type, [one, many]]) => {
    const count = columns.filter((column) => column.type === type).length;
    return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
  });
  const separator = reading?.delimiter === "\t" ? "tabs" : `\`${reading?.delimiter}\``;
  const commas = reading?.decimalCommas.map((name) => `\`${name}\``).join(", ");
  return [
    `${rows} rows of ${types.join(", ")}`,
    ...(reading ? [`separated by ${separator}`] : []),
    ...(commas ? [`decimal commas in ${commas}`] : []),
  ].join("; ");
}

/** Answers are kept in pave.lock, which goes into git: no texts of the data among them. */
function describeColumn({ name, type, missingShare, min, max }: Profile["columns"][number]): Record<string, unknown> {
  const range = typeof min === "number" && typeof max === "number" ? { min, max } : {};
  return { name, type, missing: missingShare, ...range };
}

function parseProfile(input: unknown): Profile {
  const parsed = profileSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new PaveError(
    "template.answers_invalid",
    `The profile is not one that Pave made: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`,
    { fix: "Profile the data again" },
  );
}

/** Says everything for which training would fail, before there is a project to fail in. */
function assertLearnable(
  template: Pick<Template, "name" | "needs">,
  profile: Profile,
  answers: Readonly<Record<string, unknown>>,
): void {
  if (template.needs === undefined || typeof answers.target !== "string") return;
  const { target, columns } = profile;
  const missingShare = columns.find(({ name }) => name === target?.name)?.missingShare ?? 0;
  const problems = checkNeeds(
    template.needs,
    { ...profile, target: target?.name === answers.target ? { ...target, missingShare } : null },
    {
      target: answers.target,
      exclude: Array.isArray(answers.exclude) ? answers.exclude : [],
      splitBy: typeof answers.splitBy === "string" ? answers.splitBy : "",
    },
  );
  const [first, ...others] = problems;
  if (first === undefined) return;
  const message = others.length === 0 ? first.message : `${template.name} cannot learn from this table`;
  throw new PaveError("template.answers_invalid", message, {
    fix: [...new Set(problems.map(({ fix }) => fix))].join("; "),
    problems: problems.map((problem) => ({ message: problem.message })),
  });
}

const loudFlags = new Set([
  "idLike",
  "constant",
  "leak",
  "nested",
  "afterwards",
  "mostlyMissing",
  "numberLike",
  "dateLike",
]);

function warningsOf(profile: Profile, answers: Readonly<Record<string, unknown>>): string[] {
  const excluded = new Set(Array.isArray(answers.exclude) ? answers.exclude : []);
  const columns = profile.columns.flatMap(({ name, flags }) => {
    const reasons = flags.filter(({ flag }) => loudFlags.has(flag)).map(({ reason }) => reason);
    if (reasons.length === 0)
      return excluded.has(name) && profile.suggestions.exclude.includes(name) ? [`\`${name}\` is left out`] : [];
    return [
      excluded.has(name) ? `\`${name}\` is left out: ${reasons.join("; ")}` : `\`${name}\`: ${reasons.join("; ")}`,
    ];
  });
  return [...(profile.target?.problems ?? []).map((problem) => `target: ${problem}`), ...columns];
}
