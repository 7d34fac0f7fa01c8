import type { RunKeys } from "@pave/contract";
import { type RawBuilder, sql } from "kysely";
import type { Ctx } from "../../db/context.ts";

/** So many of the newest runs are looked at, however many there are: an index gives them. */
const runsLookedAt = 1000;
const mostKeys = 500;
const mostValues = 50;
/** Longer values are nobody's to choose from a list. */
const longestValue = 200;

/** The newest runs of all of the experiments, a look into the index for each experiment. */
const newest = (experimentIds: readonly number[]): RawBuilder<unknown> => sql`
  newest as materialized (
    select r.run_id, r.name, r.user_name
    from unnest(${[...experimentIds]}::bigint[]) as e(id)
    cross join lateral (
      select run_id, name, user_name, start_time from tracked_runs
      where experiment_id = e.id and lifecycle_stage = 'active'
      order by start_time desc limit ${runsLookedAt}) r
    order by r.start_time desc limit ${runsLookedAt})`;

/** Names of metrics, params and tags, the most frequent first, without the tags that MLflow and the platform keep. */
export async function runKeys(ctx: Ctx, experimentIds: readonly number[]): Promise<RunKeys> {
  const { rows } = await sql<{ kind: keyof RunKeys; name: string; runs: number }>`
    with ${newest(experimentIds)}, keys as (
      select 'metrics' as kind, m.key as name from newest n join latest_metrics m on m.run_id = n.run_id
      union all
      select 'params', p.key from newest n join tracked_params p on p.run_id = n.run_id
      union all
      select 'tags', t.key from newest n join tracked_tags t on t.run_id = n.run_id
      where t.key not like 'mlflow.%' and t.key not like 'pave.%')
    select kind, name, count(*)::integer as runs from keys group by kind, name order by runs desc, name`.execute(
    ctx.db,
  );
  const of = (kind: keyof RunKeys) =>
    rows
      .filter((row) => row.kind === kind)
      .slice(0, mostKeys)
      .map(({ name, runs }) => ({ name, runs }));
  return { metrics: of("metrics"), params: of("params"), tags: of("tags") };
}

/** Values of one param, tag or attribute that contain a text, the most frequent first. */
export async function runValues(
  ctx: Ctx,
  experimentIds: readonly number[],
  { of, part }: { readonly of: string; readonly part: string },
): Promise<{ value: string; runs: number }[]> {
  const { rows } = await sql<{ value: string; runs: number }>`
    with ${newest(experimentIds)}, found as (${valuesOf(of)})
    select value, count(*)::integer as runs from found
    where value <> '' and length(value) <= ${longestValue}
      and strpos(lower(value), lower(${part})) > 0
    group by value order by runs desc, value limit ${mostValues}`.execute(ctx.db);
  return rows;
}

function valuesOf(of: string): RawBuilder<unknown> {
  if (of === "attributes.user_id") return sql`select user_name as value from newest`;
  if (of === "attributes.run_name") return sql`select name as value from newest`;
  const dot = of.indexOf(".");
  const table = of.slice(0, dot) === "params" ? sql`tracked_params` : sql`tracked_tags`;
  return sql`select t.value from newest n join ${table} t on t.run_id = n.run_id and t.key = ${of.slice(dot + 1)}`;
}
