import { type RawBuilder, sql } from "kysely";

/** Of how many experiments each is read by its own part of a statement. */
const mostParts = 32;

/**
 * The first rows of several experiments together. An index has the order within each, so each is read in that order and
 * the results are merged: PostgreSQL stops when it has enough. Of very many, each is read up to the limit.
 */
export function experimentsApart(
  ids: readonly number[],
  rows: (experimentId: RawBuilder<unknown>) => RawBuilder<unknown>,
): RawBuilder<unknown> {
  if (ids.length > mostParts)
    return sql`select part.* from unnest(${[...ids]}::bigint[]) as e(id) cross join lateral (${rows(sql`e.id`)}) as part`;
  return sql.join(
    ids.map((id) => sql`(${rows(sql`${id}::bigint`)})`),
    sql` union all `,
  );
}
