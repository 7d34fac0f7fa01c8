import { type RawBuilder, sql } from "kysely";
import { allOf } from "../../../db/conditions.ts";
import type { Ctx } from "../../../db/context.ts";
import { type ChosenSource, chooseSource, type SourceLimits, usualLimits } from "./choose-source.ts";
import { experimentsApart } from "./experiments-apart.ts";
import { isAfter, newerFirst, orderBy, orderKeys, selectPlaces, selectValues } from "./run-order.ts";
import { runPredicate } from "./run-predicate.ts";
import type { RunPlace, RunSearch } from "./run-search.ts";
import { type Bounds, boundsOf, withinAll } from "./run-source.ts";
import { timeWindow } from "./time-window.ts";
import { walkValues } from "./walk-values.ts";

/*
 * The places of a page of runs, in one of three ways:
 *
 * - few runs can match, as an index of values says: all of those are looked at and sorted;
 * - an index has what may match, or all runs, the newest first, and that is the order: they are looked at one by one
 *   until there are enough;
 * - the order is by a metric, param or tag: its index is walked in that order until there are enough.
 *
 * What is left is an order by an attribute of many runs, which are all sorted.
 */
export async function findRunPlaces(
  ctx: Ctx,
  search: RunSearch,
  limits: SourceLimits = usualLimits,
): Promise<readonly RunPlace[]> {
  if (search.experimentIds.length === 0) return [];
  const [first] = search.orders;
  const source = await chooseSource(ctx, search, !first, limits);
  if (!first) return newest(ctx, search, source);
  if (!source.isSmall && first.on !== "attribute") return walkValues(ctx, search, { ...first, on: first.on });
  return source.isSmall ? sorted(ctx, search, source.rows(withinAll(search))) : sortedAll(ctx, search);
}

/** All runs by an attribute, and only then looked at, until there are enough: sorting a million takes a second or two. */
async function sortedAll(ctx: Ctx, search: RunSearch): Promise<readonly RunPlace[]> {
  const [first, ...others] = orderKeys(search.orders);
  if (!first) throw new Error("expected an order");
  const keys = [{ ...first, rankColumn: sql`x.rank0` }, ...others];
  const direction = sql.raw(first.descending ? "desc" : "asc");
  const result = await sql<RunPlace>`
    select ${selectPlaces(keys)} from (
      select s.start_time, s.rank0, s.value0, found.* from (
        select r.run_id, r.start_time, ${first.value} as value0, (${first.value} is null)::integer * 2 as rank0
        from tracked_runs r where ${boundsOf(withinAll(search), sql`r`)}
        order by rank0, value0 ${direction}, start_time desc, run_id
      ) as s cross join lateral (
        select ${selectValues(keys, 1)} from tracked_runs r where r.run_id = s.run_id and ${runPredicate(search)} offset 0
      ) as found
    ) as x where ${search.after ? isAfter(keys, search.after) : sql`true`}
    order by ${orderBy(keys)} limit ${search.limit} offset ${search.offset ?? 0}`.execute(ctx.db);
  return result.rows;
}

/** All of them, sorted. */
async function sorted(ctx: Ctx, search: RunSearch, rows: RawBuilder<unknown>): Promise<readonly RunPlace[]> {
  const keys = orderKeys(search.orders);
  const result = await sql<RunPlace>`
    select ${selectPlaces(keys)} from (
      select s.start_time, found.* from (${rows}) as s cross join lateral (
        select ${selectValues(keys)} from tracked_runs r where r.run_id = s.run_id and ${runPredicate(search)} offset 0
      ) as found
    ) as x where ${search.after ? isAfter(keys, search.after) : sql`true`}
    order by ${orderBy(keys)} limit ${search.limit} offset ${search.offset ?? 0}`.execute(ctx.db);
  return result.rows;
}

/** As an index has them, or sorted where they are few, until there are enough. */
async function newest(ctx: Ctx, search: RunSearch, source: ChosenSource) {
  const { after, limit, offset = 0 } = search;
  const part = (experiments: Bounds) => {
    const bounds: Bounds = (row) => allOf([experiments(row), ...(after ? [newerFirst(row, after)] : [])]);
    const order = sql`order by start_time desc, run_id`;
    if (source.isEverything)
      return sql`select r.run_id, r.start_time from tracked_runs r
        where ${boundsOf(bounds, sql`r`)} and ${runPredicate(search)} ${order} limit ${limit + offset}`;
    return sql`select s.run_id, s.start_time from (${source.rows(bounds)} ${order}) as s cross join lateral (
        select from tracked_runs r where r.run_id = s.run_id and ${runPredicate(search)} offset 0
      ) as found order by s.start_time desc, s.run_id limit ${limit + offset}`;
  };
  const window = timeWindow(search.filter);
  const page = source.isSmall
    ? part(withinAll(search))
    : experimentsApart(search.experimentIds, (id) =>
        part((row) => allOf([sql`${row.experimentId} = ${id}`, window(row)])),
      );
  const result = await sql<RunPlace>`
    select ${selectPlaces([])} from (${page}) as x order by ${orderBy([])} limit ${limit} offset ${offset}`.execute(
    ctx.db,
  );
  return result.rows;
}
