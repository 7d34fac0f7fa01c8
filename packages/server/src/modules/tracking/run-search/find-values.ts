import type { Condition } from "@pave/contract/search";
import { type RawBuilder, sql } from "kysely";
import { comparison } from "../../../db/conditions.ts";
import type { Ctx } from "../../../db/context.ts";
import { valueTables } from "./run-search.ts";
import { indexedLength } from "./text-range.ts";

const mostExperiments = 8;

/** Beyond so many, going through all runs from the newest on meets enough that fit soon. */
const mostRuns = 20_000;

export type Fitting = { readonly values: readonly string[] } | { readonly runIds: readonly string[] };

/**
 * What a pattern without a fixed beginning may fit: the few values of a key, or else the runs that have one of its many.
 * Those take reading all that the index has of the key, a third of a second for a million; undefined where it is too many.
 */
export async function findFitting(
  ctx: Ctx,
  experimentIds: readonly number[],
  condition: Condition<"param" | "tag">,
  mostValues: number,
): Promise<Fitting | undefined> {
  const values = await findValues(ctx, experimentIds, condition, mostValues);
  if (values) return { values };
  const { rows } = await sql<{ runId: string }>`
    select t.run_id as "runId" from ${valueTables[condition.on]} t
    where t.experiment_id = any(${[...experimentIds]}::bigint[]) and t.key = ${condition.key} and ${fits(sql`t.head`, condition)}
    limit ${mostRuns + 1}`.execute(ctx.db);
  return rows.length > mostRuns ? undefined : { runIds: rows.map(({ runId }) => runId) };
}

/** What is as long as the index takes may go on in any way. */
const fits = (head: RawBuilder<unknown>, condition: Condition): RawBuilder<boolean> =>
  sql`(char_length(${head}) >= ${sql.lit(indexedLength)} or ${comparison(head, condition)})`;

/** The index is asked for one value after the other, which takes some 10 µs for each; undefined where there are many. */
async function findValues(
  ctx: Ctx,
  experimentIds: readonly number[],
  condition: Condition<"param" | "tag">,
  mostValues: number,
): Promise<readonly string[] | undefined> {
  if (experimentIds.length > mostExperiments) return undefined;
  const fitting = new Set<string>();
  for (const experimentId of experimentIds) {
    const values = await valuesIn(ctx, experimentId, condition, mostValues + 1);
    if (values.length > mostValues) return undefined;
    for (const { value, fits } of values) if (fits) fitting.add(value);
  }
  return [...fitting];
}

async function valuesIn(ctx: Ctx, experimentId: number, condition: Condition<"param" | "tag">, limit: number) {
  const rows = sql`${valueTables[condition.on]} t where t.experiment_id = ${experimentId}::bigint and t.key = ${condition.key}`;
  const result = await sql<{ value: string; fits: boolean }>`
    with recursive v(value) as (
      (select t.head as value from ${rows} order by 1 limit 1)
      union all
      select (select t.head from ${rows} and t.head > v.value order by 1 limit 1) from v where v.value is not null
    )
    select v.value, ${fits(sql`v.value`, condition)} as fits
    from v where v.value is not null limit ${limit}`.execute(ctx.db);
  return result.rows;
}
