import type { Condition, Filter, Order } from "@pave/contract/search";
import { type RawBuilder, sql } from "kysely";
import { allOf, comparison, conditionsIn, direction, filterSql, milliseconds, type Page } from "../../db/conditions.ts";
import type { Ctx } from "../../db/context.ts";
import { keyedComparison } from "../../db/keyed-comparison.ts";
import type { LoggedModel } from "./logged-model.ts";
import { findLoggedModels } from "./logged-model-store.ts";

const attributes = {
  name: sql`l.name`,
  model_id: sql`l.model_id`,
  model_type: sql`l.model_type`,
  status: sql`l.status`,
  source_run_id: sql`l.source_run_id`,
  experiment_id: sql`l.experiment_id::text`,
  artifact_location: sql`l.artifact_uri`,
  creation_timestamp: milliseconds(sql`l.created_at`),
  last_updated_timestamp: milliseconds(sql`l.updated_at`),
} as const;
type LoggedModelAttribute = keyof typeof attributes;

export interface DatasetReference {
  readonly name: string;
  /** Null: whatever its content. */
  readonly digest: string | null;
}

export interface LoggedModelOrder extends Order<"attribute" | "metric"> {
  readonly dataset: DatasetReference | null;
}

type LoggedModelEntity = "attribute" | "metric" | "param" | "tag";

export interface LoggedModelSearch extends Page {
  readonly experimentIds: readonly number[];
  readonly filter: Filter<LoggedModelEntity>;
  /** Where metrics are asked for, only those that were measured on one of these count; all where there are none. */
  readonly datasets: readonly DatasetReference[];
  readonly orders: readonly LoggedModelOrder[];
}

export function searchLoggedModels(ctx: Ctx, search: LoggedModelSearch): Promise<LoggedModel[]> {
  const measured = conditionsIn(search.filter).some(({ on }) => on === "metric");
  const where = allOf([
    sql`l.experiment_id = any(${[...search.experimentIds]}::bigint[])`,
    sql`l.lifecycle_stage = 'active'`,
    filterSql(search.filter, (condition) => conditionOf(condition, search.datasets)),
    ...(search.datasets.length > 0 && !measured
      ? [
          sql<boolean>`exists (select from logged_model_metrics t where t.model_id = l.model_id and ${onOneOf(search.datasets)})`,
        ]
      : []),
  ]);
  const order = sql.join([...search.orders.map(orderOf), sql`l.created_at desc, l.model_id`]);
  return findLoggedModels(ctx, sql`${where} order by ${order} limit ${search.limit} offset ${search.offset}`);
}

function conditionOf(
  condition: Condition<LoggedModelEntity>,
  datasets: readonly DatasetReference[],
): RawBuilder<boolean> {
  switch (condition.on) {
    case "attribute":
      return comparison(attributes[condition.key as LoggedModelAttribute], condition);
    case "metric": {
      // what is no number is neither more nor less than one
      const isNumber = condition.comparator === ">" || condition.comparator === ">=" ? sql`t.value < 'NaN'` : sql`true`;
      const rows = sql`logged_model_metrics t where t.model_id = l.model_id and ${isNumber} and ${onOneOf(datasets)}`;
      return keyedComparison(rows, sql`t.value`, condition);
    }
    case "param":
      return keyedComparison(sql`logged_model_params t where t.model_id = l.model_id`, sql`t.value`, condition);
    case "tag":
      return keyedComparison(sql`logged_model_tags t where t.model_id = l.model_id`, sql`t.value`, condition);
  }
}

const onOneOf = (datasets: readonly DatasetReference[]): RawBuilder<boolean> =>
  datasets.length === 0 ? sql`true` : sql`(${sql.join(datasets.map(onDataset), sql` or `)})`;

const onDataset = ({ name, digest }: DatasetReference): RawBuilder<boolean> =>
  sql`(t.dataset_name = ${name} and (${digest}::text is null or t.dataset_digest = ${digest}))`;

/** By a metric: its latest value, on the data set that the order names. */
function orderOf({ on, key, descending, dataset }: LoggedModelOrder): RawBuilder<unknown> {
  if (on === "attribute") return direction(attributes[key as LoggedModelAttribute], descending);
  const value = sql`(select t.value from logged_model_metrics t where t.model_id = l.model_id and t.key = ${key}
    and t.value <> 'NaN' and ${dataset === null ? sql`true` : onDataset(dataset)} order by t.time desc limit 1)`;
  return direction(value, descending);
}
