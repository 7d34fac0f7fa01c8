import { type RawBuilder, sql } from "kysely";
import {
  allOf,
  type Condition,
  comparison,
  direction,
  milliseconds,
  type Order,
  type Page,
} from "../../db/conditions.ts";
import type { Ctx } from "../../db/context.ts";
import { keyedComparison } from "../../db/keyed-comparison.ts";
import { findRunsOf } from "./run-store.ts";
import type { TrackedRun } from "./tracked-run.ts";

const runAttributes = {
  run_id: sql`r.run_id`,
  run_name: sql`r.name`,
  user_id: sql`r.user_name`,
  status: sql`r.status`,
  artifact_uri: sql`r.artifact_uri`,
  start_time: milliseconds(sql`r.start_time`),
  end_time: milliseconds(sql`r.end_time`),
} as const;
type RunAttribute = keyof typeof runAttributes;

export type RunKey = "attribute" | "metric" | "param" | "tag" | "dataset";

export interface RunSearch extends Page {
  readonly experimentIds: readonly number[];
  readonly stages: readonly string[];
  readonly conditions: readonly Condition<RunKey>[];
  readonly orders: readonly Order<Exclude<RunKey, "dataset">>[];
  /** Leaves out attempts of steps and what their code made below them; with `pipeline` or `client` all others too. */
  readonly only?: "top" | "pipeline" | "client" | undefined;
}

/** A page of runs with all that they logged, in one query whatever its size. Newest first where orders say no more. */
export const searchRuns = (ctx: Ctx, search: RunSearch): Promise<TrackedRun[]> => findRunsOf(ctx, pageOf(search));

/** Ids of the runs of a page, in its order. */
export async function searchRunIds(ctx: Ctx, search: RunSearch): Promise<string[]> {
  const result = await sql<{ run_id: string }>`${pageOf(search)}`.execute(ctx.db);
  return result.rows.map(({ run_id }) => run_id);
}

function pageOf(search: RunSearch): RawBuilder<unknown> {
  const where = whereOf(search);
  const order = sql.join([...search.orders.flatMap(orderOf), sql`r.start_time desc, r.run_id`]);
  return sql`
    select r.run_id, row_number() over (order by ${order}) as position from tracked_runs r
    where ${where} order by position limit ${search.limit} offset ${search.offset}`;
}

/** How many there are, counted no further than `most`. */
export async function countRuns(ctx: Ctx, search: Omit<RunSearch, "orders" | keyof Page>, most: number) {
  const result = await sql<{ count: number }>`
    select count(*)::integer as count from (select from tracked_runs r where ${whereOf(search)} limit ${most}) as found`.execute(
    ctx.db,
  );
  return result.rows[0]?.count ?? 0;
}

const whereOf = (search: Omit<RunSearch, "orders" | keyof Page>): RawBuilder<boolean> =>
  allOf([
    sql`r.experiment_id = any(${[...search.experimentIds]}::bigint[])`,
    sql`r.lifecycle_stage = any(${[...search.stages]}::text[])`,
    ...(search.only === undefined ? [] : [kinds[search.only]]),
    ...search.conditions.map(conditionOf),
  ]);

const kinds: Readonly<Record<NonNullable<RunSearch["only"]>, RawBuilder<boolean>>> = {
  top: sql`r.owner <> 'attempt' and r.attempt_run_id is null`,
  pipeline: sql`r.owner = 'pipeline'`,
  client: sql`r.owner = 'client' and r.attempt_run_id is null`,
};

function conditionOf(condition: Condition<RunKey>): RawBuilder<boolean> {
  switch (condition.on) {
    case "attribute":
      return comparison(runAttributes[condition.key as RunAttribute], condition);
    case "metric":
      // what is no number is neither more nor less than one
      return keyedComparison(
        sql`latest_metrics t where t.run_id = r.run_id and t.value <> 'NaN'`,
        sql`t.value`,
        condition,
      );
    case "param":
      return keyedComparison(sql`tracked_params t where t.run_id = r.run_id`, sql`t.value`, condition);
    case "tag":
      return keyedComparison(sql`tracked_tags t where t.run_id = r.run_id`, sql`t.value`, condition);
    case "dataset":
      return datasetCondition(condition);
  }
}

const datasetCondition = (condition: Condition): RawBuilder<boolean> => {
  const column = {
    name: sql`d.name`,
    digest: sql`d.digest`,
    context: sql`i.tags ->> 'mlflow.data.context'`,
  }[condition.key as "name" | "digest" | "context"];
  return sql`exists (select from tracked_inputs i join tracked_datasets d on d.id = i.dataset_id
    where i.run_id = r.run_id and ${comparison(column, condition)})`;
};

/** Metrics that are no number come after those that are, and before runs that have none. */
function orderOf({ on, key, descending }: Order<Exclude<RunKey, "dataset">>): RawBuilder<unknown>[] {
  if (on === "attribute") return [direction(runAttributes[key as RunAttribute], descending)];
  if (on === "metric") {
    const value = sql`(select m.value from latest_metrics m where m.run_id = r.run_id and m.key = ${key})`;
    return [sql`coalesce((${value} = 'NaN')::integer, 2)`, direction(value, descending)];
  }
  const table = on === "param" ? sql`tracked_params` : sql`tracked_tags`;
  return [direction(sql`(select t.value from ${table} t where t.run_id = r.run_id and t.key = ${key})`, descending)];
}
