import type { Comparator } from "../../../db/conditions.ts";
import { invalid } from "./search-invalid.ts";
import { type Token, tokensOf } from "./tokens.ts";

/*
 * MLflow's search grammar, whatever is searched for:
 *
 *   filter := clause (AND clause)*          no OR, no NOT, no parentheses but around lists
 *   clause := name comparator value | name IS [NOT] NULL
 *   name   := [entity .] key                the key bare, in `backticks` or in "double quotes"
 *   value  := number | 'text' | "text" | ( 'text' , … )
 */

/** A name as it was written: `entity` is null where there is none before a dot. */
export interface Name {
  readonly entity: string | null;
  readonly key: string;
}

export type Literal =
  | { readonly type: "number"; readonly value: number }
  | { readonly type: "text"; readonly value: string }
  | { readonly type: "list"; readonly value: readonly string[] }
  | { readonly type: "none"; readonly value: null };

export interface Clause extends Name {
  readonly comparator: Comparator;
  readonly literal: Literal;
}

export interface OrderClause extends Name {
  readonly descending: boolean;
}

/** More clauses than that are nobody's. */
const maxClauses = 100;

export function parseClauses(filter: string): Clause[] {
  const reader = readerOf(filter, "filter string");
  if (reader.isDone()) return [];
  const clauses = [readClause(reader)];
  while (!reader.isDone()) {
    if (!reader.takeWord("AND")) throw reader.problem("expected AND");
    clauses.push(readClause(reader));
  }
  if (clauses.length > maxClauses) throw invalid(`A filter may have at most ${maxClauses} clauses`);
  return clauses;
}

/** `metrics.auc DESC`: ascending where it says nothing. */
export function parseOrder(order: string): OrderClause {
  const reader = readerOf(order, "order_by clause");
  const name = readName(reader);
  const descending = reader.takeWord("DESC");
  if (!descending) reader.takeWord("ASC");
  if (!reader.isDone()) throw reader.problem("expected ASC or DESC at the end");
  return { ...name, descending };
}

function readClause(reader: Reader): Clause {
  const name = readName(reader);
  if (reader.takeWord("IS")) {
    const comparator = reader.takeWord("NOT") ? "IS NOT NULL" : "IS NULL";
    if (!reader.takeWord("NULL")) throw reader.problem("expected NULL");
    return { ...name, comparator, literal: { type: "none", value: null } };
  }
  const comparator = readComparator(reader);
  const isList = comparator === "IN" || comparator === "NOT IN";
  return { ...name, comparator, literal: isList ? readList(reader) : readValue(reader) };
}

function readName(reader: Reader): Name {
  const token = reader.take();
  if (token?.type === "quoted") return { entity: null, key: token.text };
  if (token?.type !== "word") throw reader.problem("expected the name of what is searched for");
  const dot = token.text.indexOf(".");
  if (dot < 0) return { entity: null, key: token.text };
  const [entity, rest] = [token.text.slice(0, dot), token.text.slice(dot + 1)];
  if (rest !== "") return { entity, key: rest };
  const quoted = reader.take();
  if (quoted?.type !== "quoted" || quoted.text === "") throw reader.problem(`expected a key after ${entity}.`);
  return { entity, key: quoted.text };
}

const signs: ReadonlySet<string> = new Set(["=", "!=", ">", ">=", "<", "<="]);

function readComparator(reader: Reader): Comparator {
  if (reader.takeWord("NOT")) {
    if (!reader.takeWord("IN")) throw reader.problem("expected IN after NOT");
    return "NOT IN";
  }
  for (const word of ["LIKE", "ILIKE", "IN"] as const) if (reader.takeWord(word)) return word;
  const token = reader.take();
  if (token?.type !== "sign" || !signs.has(token.text)) throw reader.problem("expected a comparator");
  return token.text as Comparator;
}

function readValue(reader: Reader): Literal {
  const token = reader.take();
  if (token?.type === "number") return { type: "number", value: Number(token.text) };
  if (token?.type === "string" || token?.type === "quoted") return { type: "text", value: token.text };
  throw reader.problem("expected a number or a quoted string value");
}

function readList(reader: Reader): Literal {
  if (!reader.takeSign("(")) throw reader.problem("expected a list such as ('a', 'b')");
  const values: string[] = [];
  do {
    const token = reader.take();
    if (token?.type !== "string") throw reader.problem("expected strings in single quotes in the list");
    values.push(token.text);
  } while (reader.takeSign(","));
  if (!reader.takeSign(")")) throw reader.problem("expected ) at the end of the list");
  return { type: "list", value: values };
}

type Reader = ReturnType<typeof readerOf>;

function readerOf(source: string, what: string) {
  const tokens = tokensOf(source);
  let at = 0;
  const takeIf = (fits: (token: Token) => boolean): boolean => {
    const token = tokens[at];
    if (!token || !fits(token)) return false;
    at += 1;
    return true;
  };
  return {
    isDone: () => at >= tokens.length,
    take: (): Token | undefined => tokens[at++],
    takeWord: (word: string) => takeIf((token) => token.type === "word" && token.text.toUpperCase() === word),
    takeSign: (sign: string) => takeIf((token) => token.type === "sign" && token.text === sign),
    problem: (expected: string) => invalid(`Invalid clause(s) in ${what}: '${source}': ${expected}`),
  };
}
