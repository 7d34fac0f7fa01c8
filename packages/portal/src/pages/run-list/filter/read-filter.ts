import { type FilterToken, filterTokens } from "./filter-tokens.ts";

/** What a condition is about: `metric auc`, `attribute status`. */
export interface FilterName {
  readonly entity: "attribute" | "metric" | "param" | "tag" | "dataset";
  readonly key: string;
}

/** What may come next where the text ends. */
export type Expected =
  | { readonly what: "name" }
  | { readonly what: "comparator"; readonly name: FilterName }
  | { readonly what: "value"; readonly name: FilterName; readonly isList: boolean }
  | { readonly what: "joiner"; readonly depth: number }
  /** A word that only one place takes, such as NULL. */
  | { readonly what: "word"; readonly words: readonly string[] };

export interface FilterProblem {
  readonly from: number;
  readonly to: number;
  readonly message: string;
}

/** The first mistake, and what is expected at the end; a filter that ends too early has its mistake there. */
export interface ReadFilter {
  readonly problem: FilterProblem | null;
  readonly expected: Expected;
}

/*
 * MLflow's grammar of filters for runs, with OR, NOT and parentheses, as the server reads it: it has the last word, and
 * this only says sooner where a mistake is, and knows what could come next.
 */

const spellings: Readonly<Record<FilterName["entity"], readonly string[]>> = {
  attribute: ["attribute", "attributes", "attr", "run"],
  metric: ["metric", "metrics"],
  param: ["param", "params", "parameter", "parameters"],
  tag: ["tag", "tags"],
  dataset: ["dataset", "datasets"],
};
const entityOf = new Map(
  Object.entries(spellings).flatMap(([entity, words]) => words.map((word) => [word, entity as FilterName["entity"]])),
);

const attributes: Readonly<Record<string, "text" | "number">> = {
  run_id: "text",
  run_name: "text",
  "run name": "text",
  user_id: "text",
  user: "text",
  status: "text",
  artifact_uri: "text",
  start_time: "number",
  created: "number",
  end_time: "number",
};
const datasetKeys = ["name", "digest", "context"];

export const isNumeric = ({ entity, key }: FilterName): boolean =>
  entity === "metric" || (entity === "attribute" && attributes[key.toLowerCase()] === "number");

/** What two things can be compared by. */
export function comparatorsOf(name: FilterName): string[] {
  const lists = name.entity === "dataset" || (name.entity === "attribute" && name.key === "run_id");
  return [
    ...(isNumeric(name) ? [">", ">=", "<", "<=", "=", "!="] : ["=", "!=", "LIKE", "ILIKE"]),
    ...(lists ? ["IN", "NOT IN"] : []),
    ...(name.entity === "param" || name.entity === "tag" ? ["IS NULL", "IS NOT NULL"] : []),
  ];
}

class Mistake extends Error {
  readonly token: FilterToken | undefined;
  constructor(token: FilterToken | undefined, message: string) {
    super(message);
    this.token = token;
  }
}

export function readFilter(source: string): ReadFilter {
  const tokens = filterTokens(source);
  const state = { at: 0, depth: 0, expected: { what: "name" } as Expected };
  try {
    while (state.at < tokens.length || state.expected.what !== "joiner" || state.depth > 0) step(tokens, state);
    return { problem: null, expected: state.expected };
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    const { token, message } = error;
    const place = token ? { from: token.from, to: token.to } : { from: source.length, to: source.length + 1 };
    return { problem: { ...place, message: sentence(message, token) }, expected: state.expected };
  }
}

const sentence = (message: string, token: FilterToken | undefined): string =>
  token?.isOpen ? `This quote is not closed: ${token.text}` : `${message}, found ${token ? token.text : "the end"}`;

interface State {
  at: number;
  depth: number;
  expected: Expected;
}

/** Reads one condition, or the word or parenthesis between two. */
function step(tokens: readonly FilterToken[], state: State): void {
  const token = tokens[state.at];
  if (state.expected.what === "joiner") {
    if (token && isSign(token, ")") && state.depth > 0) {
      state.depth -= 1;
      state.expected = { what: "joiner", depth: state.depth };
    } else if (isWord(token, "AND", "OR")) state.expected = { what: "name" };
    else throw new Mistake(token, state.depth > 0 ? "Expected AND, OR or )" : "Expected AND or OR");
    state.at += 1;
    return;
  }
  if (isWord(token, "NOT")) {
    state.at += 1;
    return;
  }
  if (token && isSign(token, "(")) {
    state.depth += 1;
    state.at += 1;
    return;
  }
  readCondition(tokens, state);
  state.expected = { what: "joiner", depth: state.depth };
}

function readCondition(tokens: readonly FilterToken[], state: State): void {
  const take = () => tokens[state.at++];
  const name = readName(take, tokens, state);
  state.expected = { what: "comparator", name };
  const comparator = readComparator(take, state);
  state.expected = { what: "comparator", name };
  const allowed = comparatorsOf(name);
  if (!allowed.includes(comparator.text))
    throw new Mistake(
      { ...comparator, isOpen: false, type: "sign" },
      `${name.entity} ${name.key} takes ${allowed.join(", ")}`,
    );
  if (comparator.text.startsWith("IS")) return;
  if (!comparator.text.endsWith("IN")) {
    state.expected = { what: "value", name, isList: false };
    readValue(take(), name);
    return;
  }
  state.expected = { what: "word", words: ["("] };
  expectSign(take(), "(", "Expected a list such as ('a', 'b')");
  for (;;) {
    state.expected = { what: "value", name, isList: true };
    readValue(take(), name);
    state.expected = { what: "word", words: [",", ")"] };
    const next = take();
    if (next && isSign(next, ")")) return;
    expectSign(next, ",", "Expected , or ) in the list");
  }
}

function readName(take: () => FilterToken | undefined, tokens: readonly FilterToken[], state: State): FilterName {
  const token = take();
  if (!token || token.isOpen || (token.type !== "word" && token.type !== "quoted"))
    throw new Mistake(token, "Expected what is looked for, such as metrics.auc or status");
  if (token.type === "quoted") return attribute(token, token.text.slice(1, -1));
  const dot = token.text.indexOf(".");
  if (dot < 0) return attribute(token, token.text);
  const entity = entityOf.get(token.text.slice(0, dot));
  if (entity === undefined)
    throw new Mistake(token, "Expected metrics., params., tags., attributes. or datasets. before the key");
  const rest = token.text.slice(dot + 1);
  if (rest !== "") return keyOf(token, entity, rest);
  const quoted = tokens[state.at];
  if (quoted?.type !== "quoted" || quoted.isOpen) throw new Mistake(quoted, `Expected a key after ${token.text}`);
  state.at += 1;
  return keyOf(quoted, entity, quoted.text.slice(1, -1));
}

const attribute = (token: FilterToken, key: string): FilterName => keyOf(token, "attribute", key);

function keyOf(token: FilterToken, entity: FilterName["entity"], key: string): FilterName {
  if (entity === "attribute" && attributes[key.toLowerCase()] === undefined)
    throw new Mistake(token, "Expected run_name, status, user_id, start_time, end_time, run_id or a name with a dot");
  if (entity === "dataset" && !datasetKeys.includes(key))
    throw new Mistake(token, `Expected one of ${datasetKeys.map((one) => `datasets.${one}`).join(", ")}`);
  return { entity, key };
}

function readComparator(take: () => FilterToken | undefined, state: State): Omit<FilterToken, "type" | "isOpen"> {
  const first = take();
  const join = (second: FilterToken, text: string) => ({ text, from: first?.from ?? 0, to: second.to });
  if (first && isWord(first, "NOT")) {
    state.expected = { what: "word", words: ["IN"] };
    const second = take();
    if (!second || !isWord(second, "IN")) throw new Mistake(second, "Expected IN after NOT");
    return join(second, "NOT IN");
  }
  if (first && isWord(first, "IS")) {
    state.expected = { what: "word", words: ["NULL", "NOT NULL"] };
    const second = take();
    if (second && isWord(second, "NULL")) return join(second, "IS NULL");
    if (!second || !isWord(second, "NOT")) throw new Mistake(second, "Expected NULL or NOT NULL");
    state.expected = { what: "word", words: ["NULL"] };
    const third = take();
    if (!third || !isWord(third, "NULL")) throw new Mistake(third, "Expected NULL");
    return join(third, "IS NOT NULL");
  }
  if (first && isWord(first, "LIKE", "ILIKE", "IN")) return { ...first, text: first.text.toUpperCase() };
  if (first?.type === "sign" && !["(", ")", ","].includes(first.text)) return first;
  throw new Mistake(first, "Expected a comparator such as =, > or LIKE");
}

function readValue(token: FilterToken | undefined, name: FilterName): void {
  if (isNumeric(name)) {
    if (token?.type !== "number") throw new Mistake(token, "Expected a number");
    return;
  }
  if (!token || token.isOpen || (token.type !== "string" && !(token.type === "quoted" && token.text.startsWith('"'))))
    throw new Mistake(token, "Expected a text in single quotes");
}

function expectSign(token: FilterToken | undefined, sign: string, message: string): void {
  if (!token || !isSign(token, sign)) throw new Mistake(token, message);
}

const isSign = (token: FilterToken, text: string): boolean => token.type === "sign" && token.text === text;
const isWord = (token: FilterToken | undefined, ...words: string[]): boolean =>
  token?.type === "word" && words.includes(token.text.toUpperCase());
