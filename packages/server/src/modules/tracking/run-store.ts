import { type RawBuilder, sql } from "kysely";
import { milliseconds } from "../../db/conditions.ts";
import type { Ctx } from "../../db/context.ts";
import { gathered } from "../../db/gather.ts";
import { prepared } from "../../db/prepared.ts";
import { deletedAt } from "./deleted-at.ts";
import type { MetricValue, RunHead, RunModel, TrackedRun, TrackedStatus } from "./tracked-run.ts";

const headText = `
  r.run_id as "runId", r.experiment_id as "experimentId", e.project_id as "projectId", p.name as project, r.name,
  r.user_name as "userName", r.status, r.lifecycle_stage <> 'active' as "isDeleted", r.owner,
  r.attempt_run_id as "attemptRunId", r.artifact_uri as "artifactUri", r.start_time as "startTime",
  r.end_time as "endTime"`;
const headColumns = sql.raw(headText);

/** Everything of a run as one row: JSON that the database makes is read faster than rows by the thousand. */
const dataColumns = sql`
  (select json_agg(json_build_object('key', m.key, 'value', m.value, 'step', m.step, 'timestamp', ${milliseconds(sql`m.time`)})
     order by m.key) from latest_metrics m where m.run_id = r.run_id) as metrics,
  (select json_object_agg(a.key, a.value order by a.key) from tracked_params a where a.run_id = r.run_id) as params,
  (select json_object_agg(t.key, t.value order by t.key) from tracked_tags t where t.run_id = r.run_id) as tags,
  (select json_agg(json_build_object('name', d.name, 'digest', d.digest, 'sourceType', d.source_type,
     'source', d.source, 'schema', d.schema, 'profile', d.profile, 'tags', i.tags) order by d.id)
   from tracked_inputs i join tracked_datasets d on d.id = i.dataset_id where i.run_id = r.run_id) as datasets,
  (select json_agg(json_build_object('modelId', o.model_id, 'direction', o.direction, 'step', o.step)
     order by o.direction, o.step, o.model_id) from tracked_run_models o where o.run_id = r.run_id) as models`;

const tablesText = "tracked_runs r join experiments e on e.id = r.experiment_id join projects p on p.id = e.project_id";
const tables = sql.raw(tablesText);

/** A run as the database gives it: null where nothing was logged, and a metric that is no number as its name. */
type RunRow = RunHead & {
  readonly metrics: readonly (Omit<MetricValue, "value"> & { readonly value: number | string })[] | null;
  readonly params: Readonly<Record<string, string>> | null;
  readonly tags: Readonly<Record<string, string>> | null;
  readonly datasets: TrackedRun["datasets"] | null;
  readonly models: readonly RunModel[] | null;
};

const headsByRun = prepared<RunHead>(
  "heads of runs",
  `select ${headText} from ${tablesText} where r.run_id = any($1::text[])`,
);

/** Of some runs, in the order of their ids; undefined for one that is not there. Those of one moment ask together. */
export const findRunHeads = gathered<readonly string[], (RunHead | undefined)[]>({
  lanes: 2,
  most: 500,
  weigh: (runIds) => runIds.length,
  async ask(ctx, pages) {
    const found = new Map((await headsByRun(ctx, [[...new Set(pages.flat())]])).map((head) => [head.runId, head]));
    return pages.map((runIds) => runIds.map((runId) => found.get(runId)));
  },
});

/** What every request about a run asks first. */
export const findRunHead = async (ctx: Ctx, runId: string): Promise<RunHead | undefined> =>
  (await findRunHeads(ctx, [runId]))[0];

export async function findRun(ctx: Ctx, runId: string): Promise<TrackedRun | undefined> {
  const result = await sql<RunRow>`
    select ${headColumns}, ${dataColumns} from ${tables} where r.run_id = ${runId}`.execute(ctx.db);
  return result.rows.map(toRun)[0];
}

/** Runs of a page, in its order. `page` selects `run_id` and `position`. */
export async function findRunsOf(ctx: Ctx, page: RawBuilder<unknown>): Promise<TrackedRun[]> {
  const result = await sql<RunRow>`
    with page as materialized (${page})
    select ${headColumns}, ${dataColumns} from page join ${tables} on r.run_id = page.run_id
    order by page.position`.execute(ctx.db);
  return result.rows.map(toRun);
}

const toRun = ({ metrics, params, tags, datasets, models, ...head }: RunRow): TrackedRun => ({
  ...head,
  metrics: (metrics ?? []).map((metric) => ({ ...metric, value: Number(metric.value) })),
  params: params ?? {},
  tags: tags ?? {},
  datasets: datasets ?? [],
  models: models ?? [],
});

export interface NewRunRow {
  readonly runId: string;
  readonly experimentId: number;
  readonly name: string;
  readonly principalId: string;
  readonly userName: string;
  readonly owner: RunHead["owner"];
  readonly attemptRunId: string | null;
  readonly parentRunId: string | null;
  readonly artifactUri: string;
  readonly startTime: Date;
  readonly tags: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
}

const insertGiven = prepared<never>(
  "insert runs",
  `with given as (
     select * from jsonb_to_recordset($1::jsonb) as g("runId" text, "experimentId" bigint, name text,
       "principalId" text, "userName" text, owner text, "attemptRunId" text, "parentRunId" text, "artifactUri" text,
       "startTime" timestamptz, tags jsonb, params jsonb)
   ), runs as (
     insert into tracked_runs (run_id, experiment_id, name, principal_id, user_name, owner, attempt_run_id, parent_run_id,
       artifact_uri, start_time)
     select g."runId", g."experimentId", g.name, g."principalId", g."userName", g.owner, g."attemptRunId", o.run_id,
       g."artifactUri", g."startTime"
     from given g join experiments e on e.id = g."experimentId"
     left join (tracked_runs o join experiments p on p.id = o.experiment_id)
       on o.run_id = g."parentRunId" and p.project_id = e.project_id
     on conflict do nothing
   ), tags as (
     insert into tracked_tags (run_id, key, value, experiment_id, start_time)
     select "runId", tag.key, tag.value, "experimentId", "startTime" from given, jsonb_each_text(tags) as tag
     on conflict do nothing
   )
   insert into tracked_params (run_id, key, value, experiment_id, start_time)
   select "runId", param.key, param.value, "experimentId", "startTime" from given, jsonb_each_text(params) as param
   on conflict do nothing`,
);

/**
 * Runs with tags and params in one statement, with those that others start at the same moment. A parent that is no run of
 * the experiment's project is only a tag. Ids are new: what is there already was put by this very statement, whose answer
 * was lost.
 */
export const insertRuns = gathered<readonly NewRunRow[], void>({
  lanes: 4,
  most: 100,
  weigh: (runs) => runs.length,
  async ask(ctx, groups) {
    await insertGiven(ctx, [JSON.stringify(groups.flat())]);
    return groups.map(() => undefined);
  },
});

export interface RunUpdate {
  readonly status?: TrackedStatus;
  readonly end_time?: Date | null;
  readonly name?: string;
  readonly user_name?: string;
  readonly lifecycle_stage?: "active" | "deleted";
}

export async function updateRun(ctx: Ctx, runId: string, change: RunUpdate): Promise<void> {
  if (Object.keys(change).length === 0) return;
  const runs = ctx.db
    .updateTable("tracked_runs")
    .set({ ...change, ...deletedAt(ctx, change) })
    .where("run_id", "=", runId);
  // what is still being copied in is shown by nobody but the import
  await (change.lifecycle_stage === undefined ? runs : runs.where("lifecycle_stage", "<>", "importing")).execute();
}

/** Marks an attempt's run as taken by its code; false when it was before. */
export async function adoptRun(ctx: Ctx, runId: string): Promise<boolean> {
  const row = await ctx.db
    .updateTable("tracked_runs")
    .set({ adopted: true })
    .where("run_id", "=", runId)
    .where("adopted", "=", false)
    .returning("run_id")
    .executeTakeFirst();
  return row !== undefined;
}

/** Ends a run and whatever clients left open below it. */
export async function endRuns(ctx: Ctx, runId: string, status: TrackedStatus): Promise<void> {
  await sql`
    update tracked_runs set status = ${status}, end_time = ${ctx.clock.now()}
    where run_id = ${runId} or (attempt_run_id = ${runId} and status in ('RUNNING', 'SCHEDULED'))`.execute(ctx.db);
}
