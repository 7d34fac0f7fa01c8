import type { Comparator, Condition, Filter } from "./filter.ts";
import type { Name, Token } from "./parts.ts";
import { createTokenReader, type TokenReader } from "./token-reader.ts";

/*
 * MLflow's search grammar, whatever is searched for, with OR, NOT and parentheses beyond it:
 *
 *   filter  := all (OR all)*
 *   all     := one (AND one)*
 *   one     := NOT one | "(" filter ")" | clause
 *   clause  := name comparator value | name IS [NOT] NULL
 *   name    := [entity .] key               the key bare, in `backticks` or in "double quotes"
 *   value   := number | 'text' | "text" | ( 'text' , … )
 */

export type Literal =
  | { readonly type: "number"; readonly value: number }
  | { readonly type: "text"; readonly value: string }
  | { readonly type: "list"; readonly value: readonly string[] }
  | { readonly type: "none"; readonly value: null };

export interface Clause {
  readonly name: Name;
  readonly comparator: Comparator;
  readonly comparatorToken: Token | undefined;
  readonly literal: Literal;
  readonly literalToken: Token | undefined;
}

/** What a clause means, in the language of whoever searches; throws where it means nothing. */
export type Meaning<On extends string> = (reader: TokenReader, clause: Clause) => Condition<On>;

/** More clauses, or deeper ones, are nobody's. */
const maxClauses = 100;
const maxDepth = 50;

export function parseClauses<On extends string>(filter: string, meaning: Meaning<On>): Filter<On> {
  const reader = createTokenReader(filter, "filter string");
  if (reader.isDone()) return { type: "all", of: [] };
  const read = readAny({ reader, meaning, clauses: 0 }, 0);
  if (!reader.isDone()) throw reader.mistake("expected AND, OR or the end");
  return read;
}

/** `metrics.auc DESC`: ascending where it says nothing. */
export function parseOrder(order: string): { name: Name; descending: boolean; reader: TokenReader } {
  const reader = createTokenReader(order, "order_by clause");
  const name = readName(reader);
  const descending = reader.takeWord("DESC");
  if (!descending) reader.takeWord("ASC");
  if (!reader.isDone()) throw reader.mistake("expected ASC or DESC at the end");
  return { name, descending, reader };
}

interface Reading<On extends string> {
  readonly reader: TokenReader;
  readonly meaning: Meaning<On>;
  clauses: number;
}

function readAny<On extends string>(reading: Reading<On>, depth: number): Filter<On> {
  const of = [readAll(reading, depth)];
  while (reading.reader.takeWord("OR")) of.push(readAll(reading, depth));
  return of.length === 1 && of[0] ? of[0] : { type: "any", of };
}

function readAll<On extends string>(reading: Reading<On>, depth: number): Filter<On> {
  const of = [readOne(reading, depth)];
  while (reading.reader.takeWord("AND")) of.push(readOne(reading, depth));
  return of.length === 1 && of[0] ? of[0] : { type: "all", of };
}

function readOne<On extends string>(reading: Reading<On>, depth: number): Filter<On> {
  const { reader, meaning } = reading;
  if (depth > maxDepth) throw reader.mistake(`a filter may be nested at most ${maxDepth} levels deep`);
  if (reader.takeWord("NOT")) return { type: "not", of: readOne(reading, depth + 1) };
  if (reader.takeSign("(")) {
    const inner = readAny(reading, depth + 1);
    if (!reader.takeSign(")")) throw reader.missing("expected AND, OR or )", { what: "joiner", depth: depth + 1 });
    return inner;
  }
  reading.clauses += 1;
  if (reading.clauses > maxClauses) throw reader.mistake(`a filter may have at most ${maxClauses} clauses`);
  return { type: "condition", condition: meaning(reader, readClause(reader)) };
}

const words = (...words: string[]) => ({ what: "words", words }) as const;

function readClause(reader: TokenReader): Clause {
  const name = readName(reader);
  const comparatorToken = reader.peek();
  if (reader.takeWord("IS")) {
    const comparator = reader.takeWord("NOT") ? "IS NOT NULL" : "IS NULL";
    const expected = comparator === "IS NULL" ? words("NULL", "NOT NULL") : words("NULL");
    if (!reader.takeWord("NULL")) throw reader.missing("expected NULL", expected);
    const literal = { type: "none", value: null } as const;
    return { name, comparator, comparatorToken, literal, literalToken: undefined };
  }
  const comparator = readComparator(reader, name);
  const literalToken = reader.peek();
  const isList = comparator === "IN" || comparator === "NOT IN";
  return {
    name,
    comparator,
    comparatorToken,
    literal: isList ? readList(reader, name) : readValue(reader, name),
    literalToken,
  };
}

function readName(reader: TokenReader): Name {
  const token = reader.peek();
  if (token?.type === "backticked" || token?.type === "double") {
    reader.take();
    const tail = token.type === "backticked" ? reader.takeAdjacent(token, "tail") : undefined;
    return tail
      ? nameOf(reader, token, token.text, tail.text.slice(1), tail)
      : { entity: null, key: token.text, token };
  }
  if (token?.type !== "word") throw reader.missing("expected the name of what is searched for", { what: "name" });
  reader.take();
  const dot = token.text.indexOf(".");
  if (dot < 0) return { entity: null, key: token.text, token };
  return nameOf(reader, token, token.text.slice(0, dot), token.text.slice(dot + 1), token);
}

/** Where nothing bare follows the dot, what is quoted does. */
function nameOf(reader: TokenReader, token: Token, entity: string, bare: string, last: Token): Name {
  if (bare !== "") return { entity, key: bare, token };
  const quoted = reader.takeAdjacent(last, "backticked", "double");
  if (!quoted || quoted.text === "") throw reader.mistake(`expected a key after ${entity}.`, quoted ?? reader.peek());
  return { entity, key: quoted.text, token };
}

const signs: ReadonlySet<string> = new Set(["=", "!=", ">", ">=", "<", "<="]);

function readComparator(reader: TokenReader, name: Name): Comparator {
  if (reader.takeWord("NOT")) {
    if (!reader.takeWord("IN")) throw reader.missing("expected IN after NOT", words("IN"));
    return "NOT IN";
  }
  for (const word of ["LIKE", "ILIKE", "IN"] as const) if (reader.takeWord(word)) return word;
  const token = reader.peek();
  if (token?.type !== "sign" || !signs.has(token.text))
    throw reader.missing("expected a comparator", { what: "comparator", name });
  reader.take();
  return token.text as Comparator;
}

function readValue(reader: TokenReader, name: Name): Literal {
  const token = reader.peek();
  if (token?.type !== "number" && token?.type !== "single" && token?.type !== "double")
    throw reader.missing("expected a number or a quoted string value", { what: "value", name });
  reader.take();
  return token.type === "number" ? { type: "number", value: Number(token.text) } : { type: "text", value: token.text };
}

/** A comma may stand at the end, as Python writes lists of one. */
function readList(reader: TokenReader, name: Name): Literal {
  if (!reader.takeSign("(")) throw reader.missing("expected a list such as ('a', 'b')", words("("));
  const values: string[] = [];
  do {
    if (values.length > 0 && reader.takeSign(")")) return { type: "list", value: values };
    const token = reader.peek();
    if (token?.type !== "single" && token?.type !== "double")
      throw reader.missing("expected a quoted string in the list", { what: "value", name });
    reader.take();
    values.push(token.text);
  } while (reader.takeSign(","));
  if (!reader.takeSign(")")) throw reader.missing("expected ) at the end of the list", words(",", ")"));
  return { type: "list", value: values };
}
