import type { Condition } from "@pave/contract/search";
import { sql } from "kysely";
import { comparison } from "../../../db/conditions.ts";
import type { Ctx } from "../../../db/context.ts";
import { valueTables } from "./run-search.ts";
import { indexedLength } from "./text-range.ts";

const mostValues = 300;
const mostExperiments = 8;

/**
 * The values of a key, as far as they are in the index, that a pattern may fit. The index is asked for one after the
 * other, which takes some 10 µs for each; undefined where a key has too many.
 */
export async function findValues(
  ctx: Ctx,
  experimentIds: readonly number[],
  condition: Condition<"param" | "tag">,
): Promise<readonly string[] | undefined> {
  if (experimentIds.length > mostExperiments) return undefined;
  const fitting = new Set<string>();
  for (const experimentId of experimentIds) {
    const values = await valuesIn(ctx, experimentId, condition);
    if (values.length > mostValues) return undefined;
    for (const { value, fits } of values) if (fits) fitting.add(value);
  }
  return [...fitting];
}

async function valuesIn(ctx: Ctx, experimentId: number, condition: Condition<"param" | "tag">) {
  const rows = sql`${valueTables[condition.on]} t where t.experiment_id = ${experimentId}::bigint and t.key = ${condition.key}`;
  const result = await sql<{ value: string; fits: boolean }>`
    with recursive v(value) as (
      (select t.head as value from ${rows} order by 1 limit 1)
      union all
      select (select t.head from ${rows} and t.head > v.value order by 1 limit 1) from v where v.value is not null
    )
    select v.value, char_length(v.value) >= ${indexedLength}::integer or ${comparison(sql`v.value`, condition)} as fits
    from v where v.value is not null limit ${mostValues + 1}`.execute(ctx.db);
  return result.rows;
}
