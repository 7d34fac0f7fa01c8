import type { Condition } from "@pave/contract/search";
import { type Expression, type RawBuilder, sql } from "kysely";
import { comparison } from "./conditions.ts";

/**
 * A condition on one of several rows by key, such as a tag of a run: `rows` is the table and what ties it to the thing
 * that is searched for, `value` its column. Without the key nothing matches but IS NULL, also not `!=`.
 */
export function keyedComparison(
  rows: Expression<unknown>,
  value: Expression<unknown>,
  condition: Condition,
): RawBuilder<boolean> {
  const found = sql<boolean>`exists (select from ${rows} and t.key = ${condition.key}`;
  if (condition.comparator === "IS NULL") return sql`not ${found})`;
  if (condition.comparator === "IS NOT NULL") return sql`${found})`;
  return sql`${found} and ${comparison(value, condition)})`;
}
