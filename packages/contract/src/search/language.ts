import type { Comparator, Condition, Filter, Order } from "./filter.ts";
import { type Clause, type Literal, parseClauses, parseOrder } from "./parse-clauses.ts";
import type { Name } from "./parts.ts";
import { SearchMistake } from "./search-mistake.ts";
import { createTokenReader, type TokenReader } from "./token-reader.ts";

/** What one kind of thing can be searched by. */
export interface Language<On extends string> {
  /** What stands before the dot, with all its spellings. */
  readonly entities: Readonly<Record<string, On>>;
  /** What a name without a dot belongs to. */
  readonly bare: On;
  /** Entities whose keys are fixed, by every spelling of the key. Keys of others are free. */
  readonly keys: { readonly [K in On]?: Readonly<Record<string, Key>> };
  /** Entities with numbers; others have texts. */
  readonly numbers: readonly On[];
  /** Entities of which a thing may have none: `IS NULL` asks for that. */
  readonly nullable: readonly On[];
  /** Entities with free keys of which IN and NOT IN may be asked. */
  readonly lists: readonly On[];
}

export interface Key {
  readonly key: string;
  readonly type: "text" | "number" | "integer" | "id";
  /** IN and NOT IN may be asked. */
  readonly lists?: boolean;
  /** Only to order by. */
  readonly orderOnly?: boolean;
  /** Only to search for. */
  readonly filterOnly?: boolean;
}

const numberComparators: readonly Comparator[] = [">", ">=", "=", "!=", "<", "<="];
const textComparators: readonly Comparator[] = ["=", "!=", "LIKE", "ILIKE"];

/** What a filter in this language asks for. Throws a SearchMistake. */
export function parseFilter<On extends string>(language: Language<On>, filter: string | undefined): Filter<On> {
  return parseClauses(filter ?? "", (reader, clause) => conditionOf(language, reader, clause));
}

/** What a name in `source` means. Throws a SearchMistake where it means nothing. */
export const resolveName = <On extends string>(language: Language<On>, source: string, name: Name) =>
  resolve(language, createTokenReader(source, "filter string"), name);

/** The orders of a list in this language; one key twice is refused. Throws a SearchMistake. */
export function parseOrders<On extends string>(language: Language<On>, orders: readonly string[]): Order<On>[] {
  const seen = new Set<string>();
  return orders.map((text) => {
    const { descending, name, reader } = parseOrder(text);
    const { on, key } = resolve(language, reader, name);
    if (key.filterOnly) throw reader.mistake(`'${name.key}' can be searched for, but not ordered by`, name.token);
    if (seen.has(`${on}.${key.key}`))
      throw new SearchMistake(`\`order_by\` contains duplicate fields: ${key.key}`, { position: name.token.at });
    seen.add(`${on}.${key.key}`);
    return { on, key: key.key, descending };
  });
}

/** Which comparators a key may be asked with. */
export function comparatorsOf<On extends string>(language: Language<On>, on: On, key: Key): readonly Comparator[] {
  if (key.type === "id") return ["=", "!=", "IN", "NOT IN"];
  return [
    ...(key.type === "text" ? textComparators : numberComparators),
    ...(key.lists ? (["IN", "NOT IN"] as const) : []),
    ...(language.nullable.includes(on) ? (["IS NULL", "IS NOT NULL"] as const) : []),
  ];
}

function conditionOf<On extends string>(language: Language<On>, reader: TokenReader, clause: Clause): Condition<On> {
  const { name, comparator, comparatorToken } = clause;
  const { on, key } = resolve(language, reader, name);
  if (key.orderOnly) throw reader.mistake(`'${name.key}' can be ordered by, but not searched for`, name.token);
  const allowed = comparatorsOf(language, on, key);
  if (!allowed.includes(comparator))
    throw reader.mistake(
      `Invalid comparator '${comparator}' for ${on} '${key.key}': expected one of ${allowed.join(", ")}`,
      comparatorToken,
    );
  return { on, key: key.key, comparator, value: literalOf(reader, key, clause) };
}

function resolve<On extends string>(
  language: Language<On>,
  reader: TokenReader,
  { entity, key, token }: Name,
): { on: On; key: Key } {
  const on = entity === null ? language.bare : own(language.entities, entity);
  if (on === undefined)
    throw reader.mistake(
      `Invalid entity type '${entity}'. Valid values are ${Object.keys(language.entities).join(", ")}`,
      token,
    );
  const keys = language.keys[on];
  if (!keys) {
    const type = language.numbers.includes(on) ? "number" : "text";
    return { on, key: { key, type, lists: language.lists.includes(on) } };
  }
  const known = own(keys, key);
  if (known === undefined)
    throw reader.mistake(
      `Invalid ${on} key '${key.slice(0, 100)}' specified. Valid keys are ${Object.keys(keys).join(", ")}`,
      token,
    );
  return { on, key: known };
}

const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;

function literalOf(reader: TokenReader, key: Key, { literal, literalToken }: Clause): Literal["value"] {
  const texts = literal.type === "list" ? literal.value : literal.type === "text" ? [literal.value] : [];
  if (key.type === "id" && !texts.every((text) => /^\d{1,15}$/.test(text)))
    throw reader.mistake(`Expected ids made of digits for '${key.key}'`, literalToken);
  if (literal.type === "none" || literal.type === "list") return literal.value;
  if (key.type === "text" || key.type === "id") {
    if (literal.type === "text") return literal.value;
    throw reader.mistake(`Expected a quoted string value for '${key.key}'`, literalToken);
  }
  if (literal.type !== "number") throw reader.mistake(`Expected numeric value type for '${key.key}'`, literalToken);
  if (key.type === "integer" && !Number.isSafeInteger(literal.value))
    throw reader.mistake(`Expected a whole number for '${key.key}'`, literalToken);
  return literal.value;
}
