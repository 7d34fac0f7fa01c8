import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";

/** Whose things are looked at: of these projects, and of the platform itself. */
export interface WaitingScope {
  readonly projectIds: readonly string[];
  readonly platform: boolean;
}

/** One thing that waits; what a column holds depends on what it is. */
export interface WaitingRow {
  readonly source: "plan" | "run" | "alert" | "rollout" | "review";
  readonly project: string | null;
  readonly number: number;
  /** Of an alert `page` or `ticket`. */
  readonly state: string;
  /** Null of runs. */
  readonly environment: string | null;
  /** The deployment of an alert or a rollout. */
  readonly deployment: string | null;
  /** Of a rollout the version that it brings; of a review the model. */
  readonly title: string | null;
  /** What is wrong. */
  readonly reason: string | null;
  readonly at: Date;
}

/** An alert `a` that nobody looks at yet. */
const isOpen = sql`a.state = 'open'`;
/** A rollout `o` that paused for want of a verdict. */
const isWithoutVerdict = sql`o.finished_at is null and o.state = 'paused' and o.paused_by = 'inconclusive'`;

/** So many of each kind: who has more of one has seen enough to begin. */
const most = 20;

/**
 * In one query: plans that need a decision; the newest run of each pipeline where it failed in the last week; alerts
 * that nobody looks at yet; rollouts that paused for want of a verdict; reviews of model versions that are open.
 */
export async function findWaiting(ctx: Ctx, { projectIds, platform }: WaitingScope): Promise<WaitingRow[]> {
  const ids = sql`${[...projectIds]}::text[]`;
  const { rows } = await sql<WaitingRow>`
    select w.source, j.name as project, w.number, w.state, w.environment, w.deployment, w.title, w.reason, w.at
    from (
      (select 'plan' as source, p.project_id, p.number, p.state, p.environment, null as deployment, p.title,
              null as reason, p.created_at as at
       from plans p
       where (p.project_id = any(${ids}) or (${platform}::boolean and p.project_id is null))
         and p.state in ('open', 'blocked', 'stale', 'ready') and not (p.state = 'ready' and p.auto_apply)
       order by p.created_at desc limit ${most})
      union all
      (select 'run', r.project_id, r.number, r.state, null, null, r.pipeline, r.failure, r.created_at
       from (select distinct on (n.project_id, n.pipeline)
               n.project_id, n.pipeline, n.number, n.state, n.failure, n.created_at
             from runs n
             where n.project_id = any(${ids}) and n.kind = 'pipeline'
               and n.created_at > ${ctx.clock.now()}::timestamptz - interval '7 days'
             order by n.project_id, n.pipeline, n.number desc) r
       where r.state = 'failed'
       order by r.created_at desc limit ${most})
      union all
      (select 'alert', a.project_id, a.number, a.severity, d.environment, d.name, a.title, a.reason, a.opened_at
       from alerts a join deployments d on d.id = a.deployment_id
       where a.project_id = any(${ids}) and ${isOpen}
       order by a.severity, a.opened_at desc limit ${most})
      union all
      (select 'rollout', d.project_id, o.number, o.state, d.environment, d.name, l.model_version::text, o.message,
              o.paused_at
       from rollouts o join deployments d on d.id = o.deployment_id join releases l on l.id = o.release_id
       where d.project_id = any(${ids}) and ${isWithoutVerdict}
       order by o.paused_at desc limit ${most})
      union all
      (select 'review', r.project_id, r.version, r.state, r.environment, null, r.model, null, r.requested_at
       from reviews r where r.project_id = any(${ids}) and r.state = 'open'
       order by r.requested_at desc limit ${most})
    ) w
    left join projects j on j.id = w.project_id
    order by w.at desc`.execute(ctx.db);
  return rows.map((row) => ({ ...row, number: Number(row.number) }));
}

/** By project, how many alerts and rollouts wait. */
export async function countTroubles(ctx: Ctx, projectIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const ids = sql`${[...projectIds]}::text[]`;
  const { rows } = await sql<{ id: string; count: string }>`
    select t.id, count(*) as count
    from (
      select a.project_id as id from alerts a where a.project_id = any(${ids}) and ${isOpen}
      union all
      select d.project_id from rollouts o join deployments d on d.id = o.deployment_id
      where d.project_id = any(${ids}) and ${isWithoutVerdict}
    ) t
    group by t.id`.execute(ctx.db);
  return new Map(rows.map(({ id, count }) => [id, Number(count)]));
}
