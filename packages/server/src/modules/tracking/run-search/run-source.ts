import type { Condition, RunEntity } from "@pave/contract/search";
import { type RawBuilder, sql } from "kysely";
import { allOf, comparison } from "../../../db/conditions.ts";
import type { Fitting } from "./find-values.ts";
import { indexedText } from "./run-order.ts";
import { type RunFilter, type RunScope, valueTables } from "./run-search.ts";
import { afterAllWith, fixedBeginning, indexedLength, indexedPart } from "./text-range.ts";
import { mustHold, timeWindow } from "./time-window.ts";

/** Limits the rows of an index: to which experiments, from when to when. */
export type Bounds = (row: IndexRow) => RawBuilder<boolean>;

export interface IndexRow {
  readonly experimentId: RawBuilder<unknown>;
  readonly startTime: RawBuilder<unknown>;
  readonly runId: RawBuilder<unknown>;
}

/** All experiments of a search, and what its filter says of times. */
export const withinAll =
  ({ experimentIds, filter }: Pick<RunScope, "experimentIds" | "filter">): Bounds =>
  (row) =>
    allOf([sql`${row.experimentId} = any(${[...experimentIds]}::bigint[])`, timeWindow(filter)(row)]);

/** Runs that an index finds: all that a part of the filter may match, and maybe more. */
export interface RunSource {
  /** Selects `run_id` and `start_time`, each run once. */
  rows(bounds: Bounds): RawBuilder<unknown>;
  /** The index gives the newest first, so a search may stop as soon as it has enough. */
  readonly isOrdered: boolean;
  /** It is all runs there are, which are looked at where they lie. */
  readonly isEverything?: true;
}

/** What a pattern may fit that begins with anything. */
export type FindFitting = (condition: Condition<"param" | "tag">) => Promise<Fitting | undefined>;

/**
 * Each gives a superset of what the whole filter matches: the parts that must hold, of which an index knows. Patterns are
 * looked up one after the other: one search is not to have every connection.
 */
export async function runSources(filter: RunFilter, findFitting: FindFitting): Promise<readonly RunSource[]> {
  const parts = mustHold(filter);
  const conditions = parts.flatMap((part) => (part.type === "condition" ? [part.condition] : []));
  const metrics = Map.groupBy(
    conditions.filter(({ on, comparator }) => on === "metric" && comparator !== "!="),
    ({ key }) => key,
  );
  const others: (RunSource | undefined)[] = [];
  for (const condition of conditions)
    if (condition.on !== "metric") others.push(await sourceOf(condition, findFitting));
  const either: (RunSource | undefined)[] = [];
  for (const part of parts) if (part.type === "any") either.push(await sourceOfAny(part.of, findFitting));
  const found = [...[...metrics].map(([key, all]) => metricSource(key, all)), ...others, ...either];
  return found.filter((source) => source !== undefined);
}

async function sourceOfAny(parts: readonly RunFilter[], findFitting: FindFitting): Promise<RunSource | undefined> {
  const known: RunSource[] = [];
  for (const part of parts) {
    const found = await runSources(part, findFitting);
    const source = found.find(({ isOrdered }) => isOrdered) ?? found[0];
    // one part that no index knows, and all runs are looked at
    if (!source) return undefined;
    known.push(source);
  }
  return {
    isOrdered: false,
    rows: (bounds) =>
      sql`select u.run_id, u.start_time from (${sql.join(
        known.map((source) => sql`(${source.rows(bounds)})`),
        sql` union `,
      )}) as u`,
  };
}

function metricSource(key: string, conditions: readonly Condition<RunEntity>[]): RunSource {
  return {
    isOrdered: conditions.some(({ comparator }) => comparator === "="),
    rows: (bounds) => sql`select t.run_id, t.start_time from latest_metrics t
      where t.key = ${key} and ${metricRange(conditions)} and ${boundsOf(bounds)}`,
  };
}

/** As the index can walk it: it has NaN at its end. */
export const metricRange = (conditions: readonly Condition<RunEntity>[]): RawBuilder<boolean> =>
  allOf([sql`t.value < 'NaN'`, ...conditions.map((condition) => comparison(sql`t.value`, condition))]);

export const boundsOf = (bounds: Bounds, table: RawBuilder<unknown> = sql`t`): RawBuilder<boolean> =>
  bounds({
    experimentId: sql`${table}.experiment_id`,
    startTime: sql`${table}.start_time`,
    runId: sql`${table}.run_id`,
  });

async function sourceOf(condition: Condition<RunEntity>, findFitting: FindFitting): Promise<RunSource | undefined> {
  const { on, key, comparator, value } = condition;
  if (on === "param" || on === "tag") {
    const table = sql`${valueTables[on]} t where t.key = ${key}`;
    const matches = textMatches({ whole: sql`t.value`, head: sql`t.head` }, condition);
    if (matches) return textSource(sql`${table} and ${matches}`, comparator === "=");
    if (comparator !== "LIKE" && comparator !== "ILIKE") return undefined;
    const fitting = await findFitting({ ...condition, on });
    if (!fitting) return undefined;
    return "values" in fitting
      ? textSource(sql`${table} and t.head = any(${[...fitting.values]}::text[])`, false)
      : runsById(fitting.runIds);
  }
  if (on === "attribute" && key === "run_name") {
    const matches = textMatches({ whole: sql`t.name`, head: indexedText(sql`t.name`) }, condition);
    return matches && textSource(sql`tracked_runs t where ${matches}`, comparator === "=");
  }
  if (on === "attribute" && key === "status" && comparator === "=")
    return textSource(sql`tracked_runs t where t.status = ${value}::text`, true);
  if (on === "attribute" && key === "run_id" && (comparator === "=" || comparator === "IN"))
    return runsById([value].flat().map(String));
  if (on === "dataset" && key !== "context" && comparator !== "!=" && comparator !== "NOT IN")
    return {
      isOrdered: false,
      rows: (bounds) => sql`select distinct t.run_id, t.start_time from tracked_datasets d
        join tracked_inputs t on t.dataset_id = d.id
        where ${comparison(key === "name" ? sql`d.name` : sql`d.digest`, condition)} and ${boundsOf((row) =>
          bounds({ ...row, experimentId: sql`d.experiment_id` }),
        )}`,
    };
  return undefined;
}

const textSource = (from: RawBuilder<unknown>, isOrdered: boolean): RunSource => ({
  isOrdered,
  rows: (bounds) => sql`select t.run_id, t.start_time from ${from} and ${boundsOf(bounds)}`,
});

const runsById = (ids: readonly string[]): RunSource =>
  textSource(sql`tracked_runs t where t.run_id = any(${[...ids]}::text[])`, false);

/** A comparison of a text in the words of the index that has its beginning. */
function textMatches(
  { whole: column, head }: { readonly whole: RawBuilder<unknown>; readonly head: RawBuilder<unknown> },
  condition: Condition,
): RawBuilder<boolean> | undefined {
  const { comparator, value } = condition;
  const whole = comparison(column, condition);
  if (typeof value !== "string") return undefined;
  if (comparator === "=") {
    const part = indexedPart(value);
    // what is shorter than the index keeps is all there
    const isAll = [...part].length < indexedLength;
    return isAll ? sql`${head} = ${part}::text` : sql`${head} = ${part}::text and ${whole}`;
  }
  const beginning = comparator === "LIKE" ? fixedBeginning(value) : "";
  if (beginning === "") return undefined;
  const end = afterAllWith(beginning);
  return allOf([
    sql`${head} >= ${beginning}::text`,
    ...(end === undefined ? [] : [sql<boolean>`${head} < ${end}::text`]),
    ...(value === `${beginning}%` ? [] : [whole]),
  ]);
}
