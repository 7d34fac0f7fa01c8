import { type Expression, type RawBuilder, sql } from "kysely";

/** What a search asks of one value. */
export type Comparator =
  | "="
  | "!="
  | ">"
  | ">="
  | "<"
  | "<="
  | "LIKE"
  | "ILIKE"
  | "IN"
  | "NOT IN"
  | "IS NULL"
  | "IS NOT NULL";

export interface Comparison {
  readonly comparator: Comparator;
  /** A list for IN and NOT IN; null for IS NULL and IS NOT NULL. */
  readonly value: string | number | readonly string[] | null;
}

/** One condition of a search; `on` says which kind of thing `key` names. */
export interface Condition<On extends string = string> extends Comparison {
  readonly on: On;
  readonly key: string;
}

export interface Order<On extends string = string> {
  readonly on: On;
  readonly key: string;
  readonly descending: boolean;
}

export interface Page {
  readonly limit: number;
  readonly offset: number;
}

/** Compares a column or expression. In patterns `%` and `_` are special and nothing escapes them. */
export function comparison(column: Expression<unknown>, { comparator, value }: Comparison): RawBuilder<boolean> {
  switch (comparator) {
    case "=":
    case "!=":
    case ">":
    case ">=":
    case "<":
    case "<=":
      return sql`${column} ${sql.raw(comparator === "!=" ? "<>" : comparator)} ${typed(value)}`;
    case "LIKE":
      return sql`${column} like ${value}::text escape ''`;
    case "ILIKE":
      return sql`${column} ilike ${value}::text escape ''`;
    case "IN":
      return sql`${column} = any(${value}::text[])`;
    case "NOT IN":
      return sql`${column} <> all(${value}::text[])`;
    case "IS NULL":
      return sql`${column} is null`;
    case "IS NOT NULL":
      return sql`${column} is not null`;
  }
}

const typed = (value: Comparison["value"]): RawBuilder<unknown> =>
  typeof value === "number" ? sql`${value}::float8` : sql`${value}::text`;

/** Milliseconds since 1970, as the protocols of others count. */
export const milliseconds = (column: Expression<unknown>): RawBuilder<number> =>
  sql<number>`(extract(epoch from ${column}) * 1000)::bigint`;

/** All conditions, true where there is none. */
export const allOf = (conditions: readonly RawBuilder<boolean>[]): RawBuilder<boolean> =>
  conditions.length === 0 ? sql`true` : sql`(${sql.join(conditions, sql` and `)})`;

/** In one direction, with what is missing at the end either way. */
export const direction = (column: Expression<unknown>, descending: boolean): RawBuilder<unknown> =>
  sql`${column} ${sql.raw(descending ? "desc" : "asc")} nulls last`;
