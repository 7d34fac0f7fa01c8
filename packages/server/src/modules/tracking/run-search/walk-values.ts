import type { Condition } from "@pave/contract/search";
import { type RawBuilder, sql } from "kysely";
import { allOf } from "../../../db/conditions.ts";
import type { Ctx } from "../../../db/context.ts";
import { experimentsApart } from "./experiments-apart.ts";
import {
  isAfter,
  isBeyond,
  newerFirst,
  type OrderKey,
  orderBy,
  orderKeys,
  selectPlaces,
  selectValues,
} from "./run-order.ts";
import { runPredicate } from "./run-predicate.ts";
import { type RunOrder, type RunPlace, type RunSearch, valueTables } from "./run-search.ts";
import { boundsOf, metricRange } from "./run-source.ts";
import { mustHold, timeWindow } from "./time-window.ts";

/** The first key of an order, where it is one whose values have an index. */
type ValueOrder = RunOrder & { readonly on: "metric" | "param" | "tag" };

/**
 * The runs in the order of a key that has an index, rank by rank: those with a value, as the index has them; then
 * metrics that are no number; then runs that have none. A rank is only asked for when those before gave too few.
 */
export async function walkValues(ctx: Ctx, search: RunSearch, first: ValueOrder): Promise<readonly RunPlace[]> {
  const places: RunPlace[] = [];
  let { offset = 0 } = search;
  for (const rank of ranksOf(search, first)) {
    const found = await readRank(ctx, search, first, rank, search.limit + offset - places.length);
    places.push(...found.slice(offset));
    offset = Math.max(0, offset - found.length);
    if (places.length >= search.limit) break;
  }
  return places;
}

/** From that of the place to start after; without the last where the filter leaves out all that have no value. */
function ranksOf(search: RunSearch, { on, key }: ValueOrder): readonly number[] {
  const needsValue = conditionsOn(search, on, key).some(({ comparator }) => comparator !== "IS NULL");
  const ranks = [0, ...(on === "metric" ? [1] : []), ...(needsValue ? [] : [2])];
  return ranks.filter((rank) => rank >= (search.after?.keys[0]?.rank ?? 0));
}

const conditionsOn = ({ filter }: RunSearch, on: string, key: string): Condition<RunOrder["on"] | "dataset">[] =>
  mustHold(filter).flatMap((part) =>
    part.type === "condition" && part.condition.on === on && part.condition.key === key ? [part.condition] : [],
  );

async function readRank(ctx: Ctx, search: RunSearch, first: ValueOrder, rank: number, limit: number) {
  const keys = orderKeys(search.orders).map((key, index) => (index === 0 ? { ...key, rank } : key));
  const after = search.after?.keys[0]?.rank === rank ? search.after : undefined;
  const page = experimentsApart(search.experimentIds, (experimentId) => {
    const rows = rank === 2 ? rowsWithout(first) : rowsWith(search, first, keys, rank, after);
    const bounds = boundsOf((row) =>
      allOf([
        sql`${row.experimentId} = ${experimentId}`,
        timeWindow(search.filter)(row),
        // the index has the newest first where all values are one
        ...(after && rank > 0 && keys.length === 1 ? [newerFirst(row, after)] : []),
      ]),
    );
    return sql`select ${selectPlaces(keys)}, x.* from (
        select s.value0, s.start_time, found.* from (${rows} and ${bounds} order by ${indexOrder(first, rank)}) as s
        cross join lateral (
          select ${selectValues(keys, 1)} from tracked_runs r where r.run_id = s.run_id and ${runPredicate(search)} offset 0
        ) as found
      ) as x where ${after ? isAfter(keys, after) : sql`true`} order by ${orderBy(keys)} limit ${limit}`;
  });
  const result = await sql<RunPlace>`
    select x."runId", x."startTime", x.keys from (${page}) as x order by ${orderBy(keys)} limit ${limit}`.execute(
    ctx.db,
  );
  return result.rows;
}

const indexedValue = ({ on }: ValueOrder): RawBuilder<unknown> => (on === "metric" ? sql`t.value` : sql`t.head`);

/** So that PostgreSQL sorts what the index has before it looks at runs. */
const indexOrder = (first: ValueOrder, rank: number): RawBuilder<unknown> =>
  sql`${rank > 0 ? sql`` : sql`${indexedValue(first)} ${sql.raw(first.descending ? "desc" : "asc")},`} t.start_time desc, t.run_id`;

function rowsWith(search: RunSearch, first: ValueOrder, keys: readonly OrderKey[], rank: number, after?: RunPlace) {
  const value = indexedValue(first);
  const [key] = keys;
  const conditions = conditionsOn(search, first.on, first.key).filter(({ comparator }) => comparator !== "!=");
  const range = first.on === "metric" ? (rank === 1 ? sql`t.value = 'NaN'` : metricRange(conditions)) : sql`true`;
  const beyond = after && rank === 0 && key ? isBeyond(key, after.keys[0]?.value ?? null, true, value) : sql`true`;
  return sql`select t.run_id, t.start_time, ${value} as value0 from ${valueTables[first.on]} t
    where t.key = ${first.key} and ${range} and ${beyond}`;
}

const rowsWithout = ({ on, key }: ValueOrder): RawBuilder<unknown> =>
  sql`select t.run_id, t.start_time, null${on === "metric" ? sql`::float8` : sql`::text`} as value0 from tracked_runs t
    where (select true from ${valueTables[on]} v where v.run_id = t.run_id and v.key = ${key}) is null`;
