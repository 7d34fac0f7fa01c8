import type { Comparator } from "./filter.ts";
import { createTokenReader, type TokenReader } from "./token-reader.ts";
import type { Token } from "./tokens.ts";

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

/** A name as it was written: `entity` is null where there is none before a dot. */
export interface Name {
  readonly entity: string | null;
  readonly key: string;
  readonly token: Token;
}

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

export type ClauseTree =
  | { readonly type: "clause"; readonly clause: Clause }
  | { readonly type: "all" | "any"; readonly of: readonly ClauseTree[] }
  | { readonly type: "not"; readonly of: ClauseTree };

/** More clauses, or deeper ones, are nobody's. */
const maxClauses = 100;
const maxDepth = 50;

export interface ParsedClauses {
  readonly tree: ClauseTree;
  readonly reader: TokenReader;
}

export function parseClauses(filter: string): ParsedClauses {
  const reader = createTokenReader(filter, "filter string");
  if (reader.isDone()) return { tree: { type: "all", of: [] }, reader };
  const counted = { clauses: 0 };
  const tree = readAny(reader, counted, 0);
  if (!reader.isDone()) throw reader.mistake("expected AND, OR or the end");
  return { tree, reader };
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

interface Counted {
  clauses: number;
}

function readAny(reader: TokenReader, counted: Counted, depth: number): ClauseTree {
  const of = [readAll(reader, counted, depth)];
  while (reader.takeWord("OR")) of.push(readAll(reader, counted, depth));
  return of.length === 1 && of[0] ? of[0] : { type: "any", of };
}

function readAll(reader: TokenReader, counted: Counted, depth: number): ClauseTree {
  const of = [readOne(reader, counted, depth)];
  while (reader.takeWord("AND")) of.push(readOne(reader, counted, depth));
  return of.length === 1 && of[0] ? of[0] : { type: "all", of };
}

function readOne(reader: TokenReader, counted: Counted, depth: number): ClauseTree {
  if (depth > maxDepth) throw reader.mistake(`a filter may be nested at most ${maxDepth} levels deep`);
  if (reader.takeWord("NOT")) return { type: "not", of: readOne(reader, counted, depth + 1) };
  if (reader.takeSign("(")) {
    const inner = readAny(reader, counted, depth + 1);
    if (!reader.takeSign(")")) throw reader.mistake("expected AND, OR or )");
    return inner;
  }
  counted.clauses += 1;
  if (counted.clauses > maxClauses) throw reader.mistake(`a filter may have at most ${maxClauses} clauses`);
  return { type: "clause", clause: readClause(reader) };
}

function readClause(reader: TokenReader): Clause {
  const name = readName(reader);
  const comparatorToken = reader.peek();
  if (reader.takeWord("IS")) {
    const comparator = reader.takeWord("NOT") ? "IS NOT NULL" : "IS NULL";
    if (!reader.takeWord("NULL")) throw reader.mistake("expected NULL");
    const literal = { type: "none", value: null } as const;
    return { name, comparator, comparatorToken, literal, literalToken: undefined };
  }
  const comparator = readComparator(reader);
  const literalToken = reader.peek();
  const isList = comparator === "IN" || comparator === "NOT IN";
  return {
    name,
    comparator,
    comparatorToken,
    literal: isList ? readList(reader) : readValue(reader),
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
  if (token?.type !== "word") throw reader.mistake("expected the name of what is searched for");
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

function readComparator(reader: TokenReader): Comparator {
  if (reader.takeWord("NOT")) {
    if (!reader.takeWord("IN")) throw reader.mistake("expected IN after NOT");
    return "NOT IN";
  }
  for (const word of ["LIKE", "ILIKE", "IN"] as const) if (reader.takeWord(word)) return word;
  const token = reader.peek();
  if (token?.type !== "sign" || !signs.has(token.text)) throw reader.mistake("expected a comparator");
  reader.take();
  return token.text as Comparator;
}

function readValue(reader: TokenReader): Literal {
  const token = reader.peek();
  if (token?.type !== "number" && token?.type !== "single" && token?.type !== "double")
    throw reader.mistake("expected a number or a quoted string value");
  reader.take();
  return token.type === "number" ? { type: "number", value: Number(token.text) } : { type: "text", value: token.text };
}

/** A comma may stand at the end, as Python writes lists of one. */
function readList(reader: TokenReader): Literal {
  if (!reader.takeSign("(")) throw reader.mistake("expected a list such as ('a', 'b')");
  const values: string[] = [];
  do {
    if (values.length > 0 && reader.takeSign(")")) return { type: "list", value: values };
    const token = reader.peek();
    if (token?.type !== "single" && token?.type !== "double")
      throw reader.mistake("expected a quoted string in the list");
    reader.take();
    values.push(token.text);
  } while (reader.takeSign(","));
  if (!reader.takeSign(")")) throw reader.mistake("expected ) at the end of the list");
  return { type: "list", value: values };
}
