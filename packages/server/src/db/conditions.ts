import type { Comparison, Condition, Filter } from "@pave/contract/search";
import { type Expression, type RawBuilder, sql } from "kysely";

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

/** A filter, whose conditions are asked by `ask`. A condition of what is absent does not hold, so its opposite does. */
export function filterSql<On extends string>(
  filter: Filter<On>,
  ask: (condition: Condition<On>) => RawBuilder<boolean>,
): RawBuilder<boolean> {
  if (filter.type === "condition") return ask(filter.condition);
  if (filter.type === "not") return sql`((${filterSql(filter.of, ask)}) is not true)`;
  const parts = filter.of.map((part) => filterSql(part, ask));
  return filter.type === "all" ? allOf(parts) : sql`(${sql.join(parts, sql` or `)})`;
}

/** All conditions of a filter, wherever they stand. */
export const conditionsIn = <On extends string>(filter: Filter<On>): readonly Condition<On>[] =>
  filter.type === "condition"
    ? [filter.condition]
    : filter.type === "not"
      ? conditionsIn(filter.of)
      : filter.of.flatMap(conditionsIn);
