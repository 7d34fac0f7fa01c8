import type { Comparator, Condition, Order } from "../../../db/conditions.ts";
import { type Clause, type Literal, type Name, parseClauses, parseOrder } from "./parse-clauses.ts";
import { invalid } from "./search-invalid.ts";

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
}

export interface Key {
  readonly key: string;
  readonly type: "text" | "number";
  /** IN and NOT IN may be asked. */
  readonly lists?: boolean;
  /** Only to order by. */
  readonly orderOnly?: boolean;
}

const numberComparators: readonly Comparator[] = [">", ">=", "=", "!=", "<", "<="];
const textComparators: readonly Comparator[] = ["=", "!=", "LIKE", "ILIKE"];

/** The conditions of a filter in this language. */
export function parseFilter<On extends string>(language: Language<On>, filter: string | undefined): Condition<On>[] {
  return parseClauses(filter ?? "").map((clause) => {
    const { on, key } = resolve(language, clause);
    if (key.orderOnly) throw invalid(`'${clause.key}' can be ordered by, but not searched for`);
    assertComparator(language, on, key, clause);
    return { on, key: key.key, comparator: clause.comparator, value: literalOf(key, clause) };
  });
}

/** The orders of a list in this language; one key twice is refused. */
export function parseOrders<On extends string>(language: Language<On>, orders: readonly string[]): Order<On>[] {
  const parsed = orders.map((text) => {
    const { descending, ...name } = parseOrder(text);
    const { on, key } = resolve(language, name);
    return { on, key: key.key, descending };
  });
  const seen = new Set<string>();
  for (const { on, key } of parsed) {
    if (seen.has(`${on}.${key}`)) throw invalid(`\`order_by\` contains duplicate fields: ${key}`);
    seen.add(`${on}.${key}`);
  }
  return parsed;
}

function resolve<On extends string>(language: Language<On>, { entity, key }: Name): { on: On; key: Key } {
  const on = entity === null ? language.bare : own(language.entities, entity);
  if (on === undefined)
    throw invalid(`Invalid entity type '${entity}'. Valid values are ${Object.keys(language.entities).join(", ")}`);
  const keys = language.keys[on];
  if (!keys) return { on, key: { key, type: language.numbers.includes(on) ? "number" : "text" } };
  const known = own(keys, key) ?? own(keys, key.toLowerCase());
  if (known === undefined)
    throw invalid(`Invalid ${on} key '${key}' specified. Valid keys are ${Object.keys(keys).join(", ")}`);
  return { on, key: known };
}

const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;

function assertComparator<On extends string>(language: Language<On>, on: On, key: Key, clause: Clause): void {
  const allowed: readonly Comparator[] = [
    ...(key.type === "number" ? numberComparators : textComparators),
    ...(key.lists ? (["IN", "NOT IN"] as const) : []),
    ...(language.nullable.includes(on) ? (["IS NULL", "IS NOT NULL"] as const) : []),
  ];
  if (!allowed.includes(clause.comparator))
    throw invalid(
      `Invalid comparator '${clause.comparator}' for ${on} '${key.key}': expected one of ${allowed.join(", ")}`,
    );
}

function literalOf(key: Key, { literal, comparator }: Clause): Literal["value"] {
  if (literal.type === "none" || literal.type === "list") return literal.value;
  if (key.type === "number" && literal.type !== "number")
    throw invalid(`Expected numeric value type for '${key.key}'. Found '${literal.value}'`);
  if (key.type === "text" && literal.type !== "text")
    throw invalid(`Expected a quoted string value for '${key.key}' ${comparator}. Found ${literal.value}`);
  return literal.value;
}
