import type { Condition, RunEntity } from "@pave/contract/search";
import { type RawBuilder, sql } from "kysely";
import { allOf, comparison, filterSql } from "../../../db/conditions.ts";
import { type RunAttribute, type RunScope, runAttributes, valueTables } from "./run-search.ts";

/*
 * What one run `r` must be like. Values are looked up run by run, by key: as scalar subqueries, which the planner leaves
 * where they are, so that a search that needs few runs looks at few. It would join an `exists` with a whole table.
 */

/** Everything that is asked of a run but its experiment. */
export const runPredicate = (scope: Pick<RunScope, "stages" | "filter" | "only">): RawBuilder<boolean> =>
  allOf([
    sql`r.lifecycle_stage = any(${[...scope.stages]}::text[])`,
    ...(scope.only === undefined ? [] : [kinds[scope.only]]),
    filterSql(scope.filter, conditionSql),
  ]);

const kinds: Readonly<Record<NonNullable<RunScope["only"]>, RawBuilder<boolean>>> = {
  top: sql`r.owner <> 'attempt' and r.attempt_run_id is null`,
  pipeline: sql`r.owner = 'pipeline'`,
  client: sql`r.owner = 'client' and r.attempt_run_id is null`,
};

function conditionSql(condition: Condition<RunEntity>): RawBuilder<boolean> {
  const { on, key, comparator } = condition;
  if (on === "attribute") return comparison(runAttributes[key as RunAttribute], condition);
  if (on === "dataset") return datasetCondition(condition);
  const row = sql`${valueTables[on]} t where t.run_id = r.run_id and t.key = ${key}`;
  if (comparator === "IS NULL") return sql`((select true from ${row}) is null)`;
  if (comparator === "IS NOT NULL") return sql`(select true from ${row})`;
  const holds = comparison(sql`t.value`, condition);
  return sql`(select ${on === "metric" ? isNumberAnd(condition, holds) : holds} from ${row})`;
}

/** What is no number is neither more nor less than one; PostgreSQL has it after all others. */
const isNumberAnd = ({ comparator }: Condition, holds: RawBuilder<boolean>): RawBuilder<boolean> =>
  comparator === ">" || comparator === ">=" ? sql`${holds} and t.value < 'NaN'` : holds;

const datasetCondition = (condition: Condition): RawBuilder<boolean> => {
  const column = {
    name: sql`d.name`,
    digest: sql`d.digest`,
    context: sql`i.tags ->> 'mlflow.data.context'`,
  }[condition.key as "name" | "digest" | "context"];
  return sql`((exists (select from tracked_inputs i join tracked_datasets d on d.id = i.dataset_id
    where i.run_id = r.run_id and ${comparison(column, condition)})) is true)`;
};
