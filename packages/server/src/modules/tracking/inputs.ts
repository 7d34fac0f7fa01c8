import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";
import type { DatasetInput, RunHead, RunModel } from "./tracked-run.ts";

/** Notes which data sets a run read; a data set is known by name and digest within its experiment. Safe to repeat. */
export async function logDatasets(ctx: Ctx, run: RunHead, datasets: readonly DatasetInput[]): Promise<void> {
  if (datasets.length === 0) return;
  const unique = [...new Map(datasets.map((dataset) => [`${dataset.name}\0${dataset.digest}`, dataset])).values()];
  await sql`
    with given as (
      select * from jsonb_to_recordset(${JSON.stringify(unique)}::jsonb) as d(
        name text, digest text, "sourceType" text, source text, schema text, profile text, tags jsonb)
    ), kept as (
      insert into tracked_datasets (experiment_id, name, digest, source_type, source, schema, profile)
      select ${run.experimentId}::bigint, name, digest, "sourceType", source, schema, profile from given order by name, digest
      on conflict (experiment_id, name, digest) do update set name = excluded.name
      returning id, name, digest
    )
    insert into tracked_inputs (run_id, dataset_id, tags, experiment_id, start_time)
    select r.run_id, kept.id, given.tags, r.experiment_id, r.start_time from given join kept using (name, digest)
    join tracked_runs r on r.run_id = ${run.runId} order by kept.id
    on conflict (run_id, dataset_id) do update set tags = tracked_inputs.tags || excluded.tags`.execute(ctx.db);
}

/** Notes which logged models a run read or made. Models that are not in the run's project are left out. */
export async function logRunModels(ctx: Ctx, run: RunHead, models: readonly RunModel[]): Promise<void> {
  if (models.length === 0) return;
  await sql`
    insert into tracked_run_models (run_id, model_id, direction, step)
    select distinct ${run.runId}, m.model_id, given.direction, given.step
    from jsonb_to_recordset(${JSON.stringify(models)}::jsonb) as given("modelId" text, direction text, step bigint)
    join logged_models m on m.model_id = given."modelId" join experiments e on e.id = m.experiment_id
    where e.project_id = ${run.projectId}
    on conflict do nothing`.execute(ctx.db);
}
