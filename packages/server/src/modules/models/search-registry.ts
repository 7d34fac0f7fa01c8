import type { Condition, Filter, Order } from "@pave/contract/search";
import { type RawBuilder, sql } from "kysely";
import { allOf, comparison, conditionsIn, direction, filterSql, milliseconds, type Page } from "../../db/conditions.ts";
import type { Ctx } from "../../db/context.ts";
import { keyedComparison } from "../../db/keyed-comparison.ts";
import type { RegistryModel, RegistryVersion } from "./registry.ts";
import { findRegistryModels, findRegistryVersions } from "./registry-store.ts";

type RegistryFilter = Filter<"attribute" | "tag">;

export interface RegistrySearch extends Page {
  /** Of which projects; "all" of the platform. */
  readonly projectIds: readonly string[] | "all";
  readonly filter: RegistryFilter;
  readonly orders: readonly Order<"attribute">[];
}

const modelAttributes = {
  name: sql`m.name`,
  creation_timestamp: milliseconds(sql`m.created_at`),
  last_updated_timestamp: milliseconds(sql`m.updated_at`),
} as const;

const versionAttributes = {
  name: sql`v.model`,
  version_number: sql`v.version`,
  run_id: sql`v.tracked_run_id`,
  source_path: sql`v.source`,
  creation_timestamp: milliseconds(sql`v.created_at`),
  last_updated_timestamp: milliseconds(sql`v.updated_at`),
} as const;

/** What MLflow's prompts are marked with, as models of its registry; its client asks for models that are none. */
export const promptTag = "mlflow.prompt.is_prompt";

/** Prompts are only found where the filter speaks of them, as in MLflow. */
const withoutPrompts = (filter: RegistryFilter): RegistryFilter =>
  conditionsIn(filter).some(({ on, key }) => on === "tag" && key === promptTag)
    ? filter
    : {
        type: "all",
        of: [filter, { type: "condition", condition: { on: "tag", key: promptTag, comparator: "!=", value: "true" } }],
      };

export function searchModels(ctx: Ctx, search: RegistrySearch): Promise<RegistryModel[]> {
  const rows = sql`model_tags t where t.model = m.name and t.version is null`;
  const where = allOf([
    inProjects(sql`m.project_id`, search.projectIds),
    filterSql(withoutPrompts(search.filter), (one) => conditionOf(modelAttributes, rows, one)),
  ]);
  const order = sql.join([...search.orders.map((one) => orderOf(modelAttributes, one)), sql`m.name`]);
  return findRegistryModels(ctx, sql`${where} order by ${order} limit ${search.limit} offset ${search.offset}`);
}

export function searchVersions(ctx: Ctx, search: RegistrySearch): Promise<RegistryVersion[]> {
  const rows = sql`model_tags t where t.model = v.model and t.version = v.version`;
  const where = allOf([
    inProjects(sql`v.project_id`, search.projectIds),
    filterSql(withoutPrompts(search.filter), (one) => conditionOf(versionAttributes, rows, one)),
  ]);
  const order = sql.join([
    ...search.orders.map((one) => orderOf(versionAttributes, one)),
    ...(search.orders.length === 0 ? [sql`v.updated_at desc`] : []),
    sql`v.model, v.version desc`,
  ]);
  return findRegistryVersions(ctx, sql`${where} order by ${order} limit ${search.limit} offset ${search.offset}`);
}

const inProjects = (column: RawBuilder<unknown>, ids: readonly string[] | "all"): RawBuilder<boolean> =>
  ids === "all" ? sql`true` : sql`${column} = any(${[...ids]}::text[])`;

type Attributes = Readonly<Record<string, RawBuilder<unknown>>>;

function conditionOf(attributes: Attributes, tagRows: RawBuilder<unknown>, condition: Condition): RawBuilder<boolean> {
  if (condition.on === "attribute") return comparison(attributes[condition.key] ?? sql`null`, condition);
  const { key, comparator, value } = condition;
  const isTagged = keyedComparison(tagRows, sql`t.value`, condition);
  // what has no such tag is no prompt
  const isNone = (comparator === "!=" && value === "true") || (comparator === "=" && value === "false");
  if (key !== promptTag || !isNone) return isTagged;
  return sql`(not ${keyedComparison(tagRows, sql`t.value`, { on: "tag", key, comparator: "=", value: "true" })})`;
}

const orderOf = (attributes: Attributes, { key, descending }: Order): RawBuilder<unknown> =>
  direction(attributes[key] ?? sql`null`, descending);
