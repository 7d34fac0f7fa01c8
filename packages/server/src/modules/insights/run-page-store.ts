import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";

/** A run that stands beside another: its parent, or one of its children. */
export interface OtherRunRow {
  readonly runId: string;
  readonly name: string;
  readonly owner: "client" | "pipeline" | "attempt";
  readonly status: "RUNNING" | "SCHEDULED" | "FINISHED" | "FAILED" | "KILLED";
  readonly startTime: Date;
  readonly endTime: Date | null;
  /** Of what the platform started. */
  readonly runNumber: string | null;
}

const columns = sql<OtherRunRow>`
  r.run_id as "runId", r.name, r.owner, r.status, r.start_time as "startTime", r.end_time as "endTime",
  (select t.value from tracked_tags t where t.run_id = r.run_id and t.key = 'pave.run') as "runNumber"`;

export async function parentOf(ctx: Ctx, runId: string): Promise<OtherRunRow | undefined> {
  const result = await sql<OtherRunRow>`
    select ${columns} from tracked_runs c join tracked_runs r on r.run_id = c.parent_run_id
    where c.run_id = ${runId}`.execute(ctx.db);
  return result.rows[0];
}

/** The newest children that are not deleted, and how many there are. */
export async function childrenOf(ctx: Ctx, runId: string, limit: number) {
  const rows = await sql<OtherRunRow & { total: number }>`
    select ${columns}, count(*) over ()::integer as total from tracked_runs r
    where r.parent_run_id = ${runId} and r.lifecycle_stage = 'active'
    order by r.start_time desc, r.run_id limit ${limit}`.execute(ctx.db);
  return { rows: rows.rows, total: rows.rows[0]?.total ?? 0 };
}

export interface LoggedModelRow {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly status: "PENDING" | "READY" | "UPLOAD_FAILED";
  readonly createdAt: Date;
  readonly bytes: number;
  readonly metrics: readonly { readonly key: string; readonly value: number | string; readonly dataset: string }[];
  readonly versions: readonly { readonly model: string; readonly version: string }[];
}

/** Logged models that a run made, and those that it named as its inputs and outputs. */
export async function loggedModelsOf(ctx: Ctx, runId: string): Promise<LoggedModelRow[]> {
  const result = await sql<LoggedModelRow>`
    select l.model_id as id, l.name, l.model_type as type, l.status, l.created_at as "createdAt",
      (select coalesce(sum(f.size), 0)::float8 from tracked_files f where f.root = l.model_id) as bytes,
      (select coalesce(json_agg(json_build_object('key', m.key, 'value', m.value, 'dataset', m.dataset_name)
         order by m.key, m.dataset_name), '[]') from logged_model_metrics m where m.model_id = l.model_id) as metrics,
      (select coalesce(json_agg(json_build_object('model', v.model, 'version', v.version::text) order by v.model, v.version), '[]')
       from model_versions v where v.logged_model_id = l.model_id) as versions
    from logged_models l
    where l.lifecycle_stage = 'active'
      and (l.source_run_id = ${runId} or l.model_id in (select model_id from tracked_run_models where run_id = ${runId}))
    order by l.created_at, l.model_id limit 100`.execute(ctx.db);
  return result.rows;
}

/** Whoever registers may name any run as the one it came from: only those of the run's own project are told. */
export async function versionsOf(ctx: Ctx, runId: string) {
  const result = await sql<{ model: string; version: string; aliases: string[] }>`
    select v.model, v.version::text as version,
      (select coalesce(json_agg(a.alias order by a.alias), '[]') from model_aliases a
       where a.model = v.model and a.version = v.version) as aliases
    from model_versions v join tracked_runs r on r.run_id = v.tracked_run_id
      join experiments e on e.id = r.experiment_id and e.project_id = v.project_id
    where v.tracked_run_id = ${runId} order by v.model, v.version limit 100`.execute(ctx.db);
  return result.rows;
}

export async function filesOf(ctx: Ctx, runId: string): Promise<{ count: number; bytes: number }> {
  const result = await sql<{ count: number; bytes: number }>`
    select count(*)::integer as count, coalesce(sum(size), 0)::float8 as bytes
    from tracked_files where root = ${runId}`.execute(ctx.db);
  return result.rows[0] ?? { count: 0, bytes: 0 };
}

interface ExperimentRow {
  readonly id: string;
  readonly name: string;
  readonly runs: number;
  readonly running: number;
  readonly createdAt: Date;
  readonly lastRunAt: Date | null;
  readonly tags: Readonly<Record<string, string>>;
}

/** Experiments with how many runs they have, those with the newest first; the deleted ones are left out. */
export async function experimentsWithRuns(ctx: Ctx, projectId: string, id: number | null = null) {
  const result = await sql<ExperimentRow>`
    select e.id::text as id, e.name, coalesce(r.runs, 0)::integer as runs, coalesce(r.running, 0)::integer as running,
      e.created_at as "createdAt", r.last as "lastRunAt",
      (select coalesce(json_object_agg(t.key, t.value order by t.key), '{}')
       from experiment_tags t where t.experiment_id = e.id) as tags
    from experiments e left join lateral (
      select count(*) as runs, count(*) filter (where status = 'RUNNING') as running, max(start_time) as last
      from tracked_runs where experiment_id = e.id and lifecycle_stage = 'active') r on true
    where e.project_id = ${projectId} and e.lifecycle_stage = 'active'
      and (${id}::bigint is null or e.id = ${id}::bigint)
    order by r.last desc nulls last, e.id limit 1000`.execute(ctx.db);
  return result.rows;
}
