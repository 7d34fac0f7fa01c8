import type { Condition } from "@pave/contract/search";
import { type RawBuilder, sql } from "kysely";
import { allOf } from "../../../db/conditions.ts";
import type { Ctx } from "../../../db/context.ts";
import { findFitting } from "./find-values.ts";
import type { RunScope } from "./run-search.ts";
import { type Bounds, boundsOf, type RunSource, runSources, withinAll } from "./run-source.ts";
import { hasTimeWindow } from "./time-window.ts";

/** Where one way of finding runs becomes slower than another. */
export interface SourceLimits {
  /**
   * Up to so many runs of an index are sorted and looked at one by one. Counting that far takes some 3 ms; where there
   * are more, a run in fifty of a million matches, and going through all from the newest on meets enough of them soon.
   */
  readonly small: number;
  /** The same where they are in no order that the index knows: all are looked at. */
  readonly sorted: number;
  /** Of several conditions each may match that many and all of them few: what indexes have in common is found first. */
  readonly together: number;
  /** Beyond so many, what other indexes have not is left out first: to look at a run is to read a hundred of an index. */
  readonly alone: number;
  /** Up to so many values of a key are compared with a pattern; of more, all runs that have one. */
  readonly values: number;
  /** So many patterns are looked up before a search, which takes long for each; others are compared run by run. */
  readonly patterns: number;
}

export const usualLimits: SourceLimits = {
  small: 20_000,
  sorted: 5000,
  together: 100_000,
  alone: 1000,
  values: 300,
  patterns: 8,
};

export interface ChosenSource {
  /** There are few, and they may be sorted. Otherwise the newest come first. */
  readonly isSmall: boolean;
  readonly isEverything: boolean;
  rows(bounds: Bounds): RawBuilder<unknown>;
}

export async function chooseSource(
  ctx: Ctx,
  search: RunScope,
  newestFirst: boolean,
  limits: SourceLimits,
): Promise<ChosenSource> {
  let patterns = 0;
  const found = await runSources(search.filter, async (condition: Condition<"param" | "tag">) => {
    patterns += 1;
    return patterns > limits.patterns ? undefined : findFitting(ctx, search.experimentIds, condition, limits.values);
  });
  const all = hasTimeWindow(search.filter) ? [...found, everything] : found;
  const ordered = found.find(({ isOrdered }) => isOrdered);
  // nothing to choose between
  const few =
    all.length === 1 && ordered && newestFirst
      ? []
      : await fewest(ctx, search, all, newestFirst ? [limits.small, limits.together] : [limits.sorted]);
  const [best, ...others] = few;
  if (!best) {
    const { rows, isEverything = false } = ordered ?? everything;
    return { isSmall: false, isEverything, rows };
  }
  if (best.count <= limits.alone || others.length === 0)
    return { isSmall: true, isEverything: false, rows: best.source.rows };
  return {
    isSmall: true,
    isEverything: false,
    rows: (bounds) =>
      sql`select one.run_id, one.start_time from (${best.source.rows(bounds)}) as one where ${allOf(
        others.map(({ source }) => sql`one.run_id in (select other.run_id from (${source.rows(bounds)}) as other)`),
      )}`,
  };
}

/** The sources that have few runs, the smallest first: more than the first limit count only beside others. */
async function fewest(ctx: Ctx, search: RunScope, sources: readonly RunSource[], limits: readonly number[]) {
  for (const limit of sources.length > 1 ? limits : limits.slice(0, 1)) {
    const counted = await count(ctx, search, sources, limit);
    const few = counted.filter(({ count }) => count <= limit);
    if (few.length > 0) return few.toSorted((one, other) => one.count - other.count);
  }
  return [];
}

/** All runs, the newest first. */
const everything: RunSource = {
  isOrdered: true,
  isEverything: true,
  rows: (bounds) => sql`select t.run_id, t.start_time from tracked_runs t where ${boundsOf(bounds)}`,
};

/** How many rows each source has, counted little further than anybody wants. */
async function count(ctx: Ctx, search: RunScope, sources: readonly RunSource[], most: number) {
  if (sources.length === 0) return [];
  const counts = sources.map(
    ({ rows }) =>
      sql`(select count(*) from (select from (${rows(withinAll(search))}) as s limit ${most + 1}) as c)::integer`,
  );
  const result = await sql<{ counts: number[] }>`select array[${sql.join(counts)}] as counts`.execute(ctx.db);
  return sources.map((source, index) => ({ source, count: result.rows[0]?.counts[index] ?? 0 }));
}
