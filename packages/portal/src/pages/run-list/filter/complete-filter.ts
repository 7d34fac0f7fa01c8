import { type Expected, expectedNext, type RunEntity, runLanguage, wordAt } from "@pave/contract/search";

/** What could be written at the cursor: it replaces the text from `from` to `to`. */
export interface Completion {
  readonly from: number;
  readonly to: number;
  readonly items: readonly CompletionItem[];
  /** Values of it are asked of the server: `params.model`, with what was written of one. */
  readonly wants: { readonly of: string; readonly part: string } | null;
}
export interface CompletionItem {
  readonly text: string;
  /** What stands beside it: how many runs have it, or what it means. */
  readonly note: string;
}

/** Names that the project's runs have, and values where they are known. */
export interface Known {
  readonly metrics: readonly Counted[];
  readonly params: readonly Counted[];
  readonly tags: readonly Counted[];
  /** Of what the last completion wanted. */
  readonly values: readonly { readonly value: string; readonly runs: number }[];
  readonly now: number;
}
interface Counted {
  readonly name: string;
  readonly runs: number;
}

const mostItems = 12;
const statuses = [
  ["FINISHED", "succeeded"],
  ["RUNNING", "running"],
  ["FAILED", "failed"],
  ["KILLED", "cancelled"],
  ["SCHEDULED", "queued"],
] as const;
const fixedNames = [
  ["run_name", "the name of the run"],
  ["status", "FINISHED, RUNNING, FAILED, KILLED"],
  ["user_id", "who logged it"],
  ["start_time", "in milliseconds since 1970"],
  ["end_time", "in milliseconds since 1970"],
  ["run_id", "as MLflow's client prints it"],
  ["datasets.name", "a data set that it used"],
  ["datasets.digest", "the digest of such a data set"],
  ["datasets.context", "what it was used for"],
] as const;

export function completeFilter(source: string, cursor: number, known: Known): Completion {
  const { from, to, part } = wordAt(source, cursor);
  const expected = expectedNext(runLanguage, source.slice(0, from));
  if (expected === null) return { from, to, items: [], wants: null };
  const items = itemsOf(expected, known)
    .filter(({ text }) => fits(text, part) && text !== part)
    .sort((a, b) => Number(startsLike(b.text, part)) - Number(startsLike(a.text, part)))
    .slice(0, mostItems);
  return { from, to, items, wants: wantsOf(expected, part) };
}

/** The text with the item in it, and where the cursor is then: behind a space, ready for what comes next. */
export function applyCompletion(source: string, { from, to }: Completion, text: string) {
  const rest = source.slice(to);
  const space = rest.startsWith(" ") ? "" : " ";
  const before = source.slice(0, from) + text;
  return { text: before + space + rest, cursor: before.length + 1 };
}

type ExpectedOfRuns = Expected<RunEntity>;

function itemsOf(expected: ExpectedOfRuns, known: Known): CompletionItem[] {
  switch (expected.what) {
    case "name":
      return namesOf(known);
    case "comparator":
      return expected.comparators.map((text) => ({ text, note: meaning[text] ?? "" }));
    case "value":
      return valuesOf(expected, known);
    case "joiner":
      return ["AND", "OR", ...(expected.depth > 0 ? [")"] : [])].map((text) => ({ text, note: "" }));
    case "words":
      return expected.words.map((text) => ({ text, note: "" }));
  }
}

const meaning: Readonly<Record<string, string>> = {
  "=": "is",
  "!=": "is not",
  ">": "more than",
  ">=": "at least",
  "<": "less than",
  "<=": "at most",
  LIKE: "a pattern with % for anything",
  ILIKE: "the same in upper or lower case",
  IN: "one of a list",
  "NOT IN": "none of a list",
  "IS NULL": "is not there",
  "IS NOT NULL": "is there",
};

const counted = (runs: number): string => `${runs} ${runs === 1 ? "run" : "runs"}`;

const namesOf = ({ metrics, params, tags }: Known): CompletionItem[] => [
  ...metrics.map(({ name, runs }) => ({ text: `metrics.${quotedKey(name)}`, note: counted(runs) })),
  ...params.map(({ name, runs }) => ({ text: `params.${quotedKey(name)}`, note: counted(runs) })),
  ...fixedNames.slice(0, 3).map(([text, note]) => ({ text, note })),
  ...tags.map(({ name, runs }) => ({ text: `tags.${quotedKey(name)}`, note: counted(runs) })),
  ...fixedNames.slice(3).map(([text, note]) => ({ text, note })),
];

/** As the grammar takes it: what is no plain word stands in backticks. */
const quotedKey = (key: string): string => (/^[A-Za-z0-9_][\w.\-/:]*$/.test(key) ? key : `\`${key}\``);

const hour = 3_600_000;
type ExpectedValue = Extract<ExpectedOfRuns, { what: "value" }>;

function valuesOf({ on, key }: ExpectedValue, known: Known): CompletionItem[] {
  if (on === "attribute" && key.key === "status")
    return statuses.map(([value, note]) => ({ text: `'${value}'`, note }));
  if (on === "attribute" && key.type === "number")
    return [
      [1, "an hour ago"],
      [24, "a day ago"],
      [24 * 7, "a week ago"],
      [24 * 30, "30 days ago"],
    ].map(([hours, note]) => ({ text: String(Math.round(known.now - Number(hours) * hour)), note: String(note) }));
  if (key.type === "number") return [];
  return known.values.map(({ value, runs }) => ({ text: `'${value.replaceAll("'", "''")}'`, note: counted(runs) }));
}

function wantsOf(expected: ExpectedOfRuns, part: string): Completion["wants"] {
  if (expected.what !== "value") return null;
  const { on, key } = expected;
  const written = part.replace(/^['"]/, "").replaceAll("''", "'");
  if (on === "param" || on === "tag") return { of: `${on}s.${key.key}`, part: written };
  if (on === "attribute" && (key.key === "user_id" || key.key === "run_name"))
    return { of: `attributes.${key.key}`, part: written };
  return null;
}

const plain = (text: string): string => text.replaceAll(/[`'"]/g, "").toLowerCase();
const fits = (text: string, part: string): boolean => plain(text).includes(plain(part));
/** What begins with it, also behind its dot, comes before what has it somewhere. */
const startsLike = (text: string, part: string): boolean =>
  plain(text).startsWith(plain(part)) || plain(text).includes(`.${plain(part)}`);
