import { sql } from "kysely";
import type { Ctx } from "../../../db/context.ts";
import { chooseSource, usualLimits } from "./choose-source.ts";
import { runPredicate } from "./run-predicate.ts";
import type { RunScope } from "./run-search.ts";
import { boundsOf, withinAll } from "./run-source.ts";

/** How many runs are looked at: beyond, nobody waits for a number. */
const mostLookedAt = 5000;

export interface RunCount {
  readonly count: number;
  /** There may be more. */
  readonly atLeast: boolean;
}

/** How many runs match, counted no further than `most`, and among so many only that it takes no long. */
export async function countRuns(ctx: Ctx, scope: RunScope, most: number): Promise<RunCount> {
  if (scope.experimentIds.length === 0) return { count: 0, atLeast: false };
  const source = await chooseSource(ctx, scope, true, usualLimits);
  const looked = Math.max(most, mostLookedAt);
  const predicate = runPredicate(scope);
  const rows = source.isEverything
    ? sql`select r.* from tracked_runs r where ${boundsOf(withinAll(scope), sql`r`)} limit ${looked + 1}`
    : sql`select s.run_id from (${source.rows(withinAll(scope))}) as s limit ${looked + 1}`;
  const matching = source.isEverything
    ? sql`select from (${rows}) as r where ${predicate}`
    : sql`select from (${rows}) as s cross join lateral (
        select from tracked_runs r where r.run_id = s.run_id and ${predicate} offset 0) as found`;
  const result = await sql<{ count: number; lookedAt: number }>`
    select (select count(*) from (${matching} limit ${most + 1}) as counted)::integer as count,
      (select count(*) from (${rows}) as s)::integer as "lookedAt"`.execute(ctx.db);
  const { count = 0, lookedAt = 0 } = result.rows[0] ?? {};
  return { count: Math.min(count, most), atLeast: count > most || lookedAt > looked };
}
