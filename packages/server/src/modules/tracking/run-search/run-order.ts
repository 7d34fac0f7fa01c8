import { type RawBuilder, sql } from "kysely";
import { type RunAttribute, type RunOrder, type RunPlace, runAttributes, valueTables } from "./run-search.ts";
import { indexedLength } from "./text-range.ts";

/*
 * Orders of runs. Each key has a rank before its value (0 a value, 1 a metric that is no number, 2 nothing), so that what
 * is missing comes last either way; then always the newest first, and ids where two began at once. Texts are ordered by
 * what an index has of them. A statement selects `run_id`, `start_time` and `value0`, `value1` … of runs as `x`.
 */

export interface OrderKey {
  /** Of a run `r`. */
  readonly value: RawBuilder<unknown>;
  readonly column: RawBuilder<unknown>;
  readonly descending: boolean;
  readonly type: "float8" | "bigint" | "text";
  /** The rank where all rows of a statement have the same. */
  readonly rank?: number;
  /** The column that has the rank, where there is one. */
  readonly rankColumn?: RawBuilder<unknown>;
}

export const orderKeys = (orders: readonly RunOrder[]): readonly OrderKey[] =>
  orders.map((order, index) => ({
    ...valueOfOrder(order),
    column: sql`x.${sql.ref(`value${index}`)}`,
    descending: order.descending,
  }));

function valueOfOrder({ on, key }: RunOrder): Pick<OrderKey, "value" | "type"> {
  if (on === "attribute") {
    const value = runAttributes[key as RunAttribute];
    const isTime = key === "start_time" || key === "end_time";
    return isTime ? { value, type: "bigint" } : { value: indexedText(value), type: "text" };
  }
  const select = (value: RawBuilder<unknown>) =>
    sql`(select ${value} from ${valueTables[on]} t where t.run_id = r.run_id and t.key = ${key})`;
  return on === "metric"
    ? { value: select(sql`t.value`), type: "float8" }
    : { value: select(sql`t.head`), type: "text" };
}

/** What an index has of a run's text, ordered by bytes; params and tags have that as `head`. */
export const indexedText = (text: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`("left"(${text}, ${sql.lit(indexedLength)}) collate "C")`;

/** The values of a run `r`, as `x` has them. */
export const selectValues = (keys: readonly OrderKey[], from = 0): RawBuilder<unknown> =>
  sql.join([
    sql`r.run_id`,
    ...keys.slice(from).map(({ value }, index) => sql`${value} as ${sql.ref(`value${index + from}`)}`),
  ]);

/** What a page is made of: see RunPlace. */
export const selectPlaces = (keys: readonly OrderKey[]): RawBuilder<unknown> =>
  sql.join([
    sql`x.run_id as "runId"`,
    sql`(extract(epoch from x.start_time) * 1000000)::bigint as "startTime"`,
    sql`json_build_array(${sql.join(
      keys.map((key) => sql`json_build_object('rank', ${rankOf(key)}, 'value', ${key.column}::text)`),
    )}) as keys`,
  ]);

export const orderBy = (keys: readonly OrderKey[]): RawBuilder<unknown> =>
  sql.join([
    ...keys.flatMap((key) => [
      ...(key.rank === undefined ? [rankOf(key)] : []),
      ...(key.rank ? [] : [sql`${key.column} ${sql.raw(key.descending ? "desc" : "asc")}`]),
    ]),
    sql`x.start_time desc`,
    sql`x.run_id`,
  ]);

const rankOf = ({ column, type, rank, rankColumn }: OrderKey): RawBuilder<unknown> => {
  if (rank !== undefined) return sql`${sql.lit(rank)}`;
  if (rankColumn) return rankColumn;
  const isNumber = type === "float8" ? sql`when ${column} = 'NaN' then 1` : sql``;
  return sql`case when ${column} is null then 2 ${isNumber} else 0 end`;
};

/** Whether a row comes after a place, whatever the order. */
export function isAfter(keys: readonly OrderKey[], place: RunPlace): RawBuilder<boolean> {
  const last = newerFirst({ startTime: sql`x.start_time`, runId: sql`x.run_id` }, place);
  return keys.reduceRight<RawBuilder<boolean>>((rest, key, index) => {
    const { rank, value } = place.keys[index] ?? { rank: 2, value: null };
    const following =
      rank === 0 ? sql`(${isBeyond(key, value, false)} or (${key.column} = ${typed(key, value)} and ${rest}))` : rest;
    if (key.rank !== undefined) return sql<boolean>`(${following})`;
    const own = rankOf(key);
    return sql`(${own} > ${rank}::integer or (${own} = ${rank}::integer and ${following}))`;
  }, last);
}

/** Whether a value of a key comes after another one, or is that; `column` as an index has it. */
export const isBeyond = (
  key: OrderKey,
  value: string | null,
  orSame: boolean,
  column = key.column,
): RawBuilder<boolean> =>
  sql`${column} ${sql.raw((key.descending ? "<" : ">") + (orSame ? "=" : ""))} ${typed(key, value)}`;

const typed = ({ type }: OrderKey, value: string | null): RawBuilder<unknown> =>
  type === "text" ? sql`(${value}::text collate "C")` : sql`${Number(value)}::float8`;

interface Times {
  readonly startTime: RawBuilder<unknown>;
  readonly runId: RawBuilder<unknown>;
}

/** After a place where the newest come first. The first part is for the index. */
export const newerFirst = ({ startTime, runId }: Times, place: RunPlace): RawBuilder<boolean> => {
  const time = sql`(timestamptz 'epoch' + ${place.startTime}::float8 * interval '1 microsecond')`;
  return sql`(${startTime} <= ${time} and (${startTime} < ${time} or ${runId} > ${place.runId}::text))`;
};
