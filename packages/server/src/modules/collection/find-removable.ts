import type { CollectionFindings } from "@pave/contract";
import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";
import {
  outlivedRun,
  type Rules,
  removableArtifact,
  removableExperiment,
  removableModel,
  removableRun,
} from "./removable.ts";

/** What of a project can go, by counting. */
export async function countRemovable(ctx: Ctx, rules: Rules): Promise<CollectionFindings["projects"]> {
  const { rows } = await sql<CollectionFindings["projects"][number]>`
    with found as (
      select e.project_id, 'runs' as kind from tracked_runs r join experiments e on e.id = r.experiment_id
      where ${removableRun(rules)}
      union all
      select e.project_id, 'outlivedRuns' from tracked_runs r join experiments e on e.id = r.experiment_id
      where ${outlivedRun(rules)}
      union all
      select e.project_id, 'loggedModels' from logged_models m join experiments e on e.id = m.experiment_id
      where ${removableModel(rules)}
      union all
      select e.project_id, 'experiments' from experiments e where ${removableExperiment(rules)}
      union all
      select e.project_id, 'versions' from artifacts e where ${removableArtifact(rules)}
    )
    select p.name as project,
      count(*) filter (where kind = 'runs')::integer as runs,
      count(*) filter (where kind = 'outlivedRuns')::integer as "outlivedRuns",
      count(*) filter (where kind = 'loggedModels')::integer as "loggedModels",
      count(*) filter (where kind = 'experiments')::integer as experiments,
      count(*) filter (where kind = 'versions')::integer as versions
    from found join projects p on p.id = found.project_id group by p.name order by p.name`.execute(ctx.db);
  return rows;
}

/** Deleted long enough ago, and kept all the same since something names them. */
export async function countKept(ctx: Ctx, rules: Rules): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from tracked_runs r join experiments e on e.id = r.experiment_id
    where r.lifecycle_stage = 'deleted' and r.deleted_at < ${rules.now}::timestamptz - interval '1 day' * coalesce(
      (select t.deleted_days from project_retention t where t.project_id = e.project_id), ${rules.deletedDays})
    and not ${removableRun(rules)}`.execute(ctx.db);
  return rows[0]?.count ?? 0;
}
