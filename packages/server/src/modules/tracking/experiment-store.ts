import type { Condition, Filter, Order } from "@pave/contract/search";
import { sql } from "kysely";
import { allOf, comparison, direction, filterSql, milliseconds, type Page } from "../../db/conditions.ts";
import type { Ctx } from "../../db/context.ts";
import { gathered } from "../../db/gather.ts";
import { keyedComparison } from "../../db/keyed-comparison.ts";
import { prepared } from "../../db/prepared.ts";
import { deletedAt } from "./deleted-at.ts";
import type { Experiment } from "./experiment.ts";

export type ExperimentAttribute = "name" | "creation_time" | "last_update_time" | "experiment_id";

export interface ExperimentSearch extends Page {
  /** Of which projects; "all" of the platform. */
  readonly projectIds: readonly string[] | "all";
  readonly stages: readonly string[];
  readonly filter: Filter<"attribute" | "tag">;
  readonly orders: readonly Order<"attribute">[];
}

const columnsText = `
  e.id, e.name, e.project_id as "projectId", p.name as project, e.lifecycle_stage = 'deleted' as "isDeleted",
  e.artifact_location as "artifactLocation", e.created_at as "createdAt", e.updated_at as "updatedAt",
  (select coalesce(json_object_agg(t.key, t.value order by t.key), '{}')
   from experiment_tags t where t.experiment_id = e.id) as tags`;
const columns = sql.raw(columnsText);

const experimentsById = prepared<Experiment>(
  "experiments by id",
  `select ${columnsText} from experiments e join projects p on p.id = e.project_id where e.id = any($1::bigint[])`,
);

/** Those of one moment are asked for together. */
export const findExperiments = gathered<readonly number[], Experiment[]>({
  lanes: 2,
  most: 200,
  weigh: (ids) => ids.length,
  async ask(ctx, lists) {
    const found = await experimentsById(ctx, [[...new Set(lists.flat())]]);
    return lists.map((ids) => {
      const wanted = new Set(ids);
      return found.filter(({ id }) => wanted.has(id));
    });
  },
});

export async function findExperimentByName(ctx: Ctx, projectId: string, name: string): Promise<Experiment | undefined> {
  const result = await sql<Experiment>`
    select ${columns} from experiments e join projects p on p.id = e.project_id
    where e.project_id = ${projectId} and e.name = ${name}`.execute(ctx.db);
  return result.rows[0];
}

/** Those of a project that are not deleted, by id. */
export async function experimentsOf(ctx: Ctx, projectId: string): Promise<{ id: number; name: string }[]> {
  return ctx.db
    .selectFrom("experiments")
    .select(["id", "name"])
    .where("project_id", "=", projectId)
    .where("lifecycle_stage", "=", "active")
    .orderBy("id")
    .execute();
}

export async function searchExperiments(ctx: Ctx, search: ExperimentSearch): Promise<Experiment[]> {
  const { projectIds, stages, filter, orders, limit, offset } = search;
  const where = allOf([
    projectIds === "all" ? sql`true` : sql`e.project_id = any(${[...projectIds]}::text[])`,
    sql`e.lifecycle_stage = any(${[...stages]}::text[])`,
    filterSql(filter, conditionOf),
  ]);
  const order = sql.join([
    ...orders.map(({ key, descending }) => direction(attributes[key as ExperimentAttribute], descending)),
    sql`e.created_at desc, e.id`,
  ]);
  const result = await sql<Experiment>`
    select ${columns} from experiments e join projects p on p.id = e.project_id
    where ${where} order by ${order} limit ${limit} offset ${offset}`.execute(ctx.db);
  return result.rows;
}

const attributes = {
  name: sql`e.name`,
  creation_time: milliseconds(sql`e.created_at`),
  last_update_time: milliseconds(sql`e.updated_at`),
  experiment_id: sql`e.id`,
} as const;

const conditionOf = (condition: Condition<"attribute" | "tag">) =>
  condition.on === "tag"
    ? keyedComparison(sql`experiment_tags t where t.experiment_id = e.id`, sql`t.value`, condition)
    : comparison(
        condition.key === "experiment_id" ? sql`e.id::text` : attributes[condition.key as ExperimentAttribute],
        condition,
      );

/** Undefined where the project has an experiment of that name already. */
export async function insertExperiment(
  ctx: Ctx,
  experiment: { readonly projectId: string; readonly name: string },
): Promise<number | undefined> {
  // its location has its own number in it
  const result = await sql<{ id: number }>`
    with next as (select nextval(pg_get_serial_sequence('experiments', 'id')) as id)
    insert into experiments (id, name, project_id, artifact_location, created_at, updated_at)
    select id, ${experiment.name}, ${experiment.projectId}, 'mlflow-artifacts:/' || id, ${ctx.clock.now()}, ${ctx.clock.now()}
    from next
    on conflict (project_id, name) do nothing returning id`.execute(ctx.db);
  return result.rows[0]?.id;
}

export async function updateExperiment(
  ctx: Ctx,
  id: number,
  change: { readonly name?: string; readonly lifecycle_stage?: "active" | "deleted" },
): Promise<void> {
  await ctx.db
    .updateTable("experiments")
    .set({ ...change, ...deletedAt(ctx, change), updated_at: ctx.clock.now() })
    .where("id", "=", id)
    .execute();
}

export async function putExperimentTags(ctx: Ctx, id: number, tags: Readonly<Record<string, string>>): Promise<void> {
  if (Object.keys(tags).length === 0) return;
  await sql`
    insert into experiment_tags (experiment_id, key, value)
    select ${id}::bigint, key, value from unnest(${Object.keys(tags)}::text[], ${Object.values(tags)}::text[]) as t(key, value)
    on conflict (experiment_id, key) do update set value = excluded.value`.execute(ctx.db);
}

export async function removeExperimentTag(ctx: Ctx, id: number, key: string): Promise<boolean> {
  const row = await ctx.db
    .deleteFrom("experiment_tags")
    .where("experiment_id", "=", id)
    .where("key", "=", key)
    .returning("key")
    .executeTakeFirst();
  return row !== undefined;
}

/** Runs go with their experiment, and come back with it. */
export async function moveRunsOf(ctx: Ctx, experimentId: number, stage: "active" | "deleted"): Promise<void> {
  await ctx.db
    .updateTable("tracked_runs")
    .set({ lifecycle_stage: stage, ...deletedAt(ctx, { lifecycle_stage: stage }) })
    .where("experiment_id", "=", experimentId)
    .where("lifecycle_stage", "not in", [stage, "importing"])
    .execute();
}
