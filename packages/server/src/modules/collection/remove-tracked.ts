import { sql } from "kysely";
import { type Ctx, inTransaction } from "../../db/context.ts";
import {
  outlivedRun,
  projectOfImportFile,
  type Rules,
  removableArtifact,
  removableExperiment,
  removableImportFile,
  removableModel,
  removableRun,
} from "./removable.ts";

/** So many things a transaction, so that nobody waits long for one. */
const batch = 100;
const pointsAtOnce = 20_000;

/** One batch; how many went. Zero: there is no more. */
export type RemoveBatch = (ctx: Ctx, rules: Rules) => Promise<number>;

/** Runs that are older than their project keeps any are marked as deleted first, as a person would, and can be restored. */
export const deleteOutlived: RemoveBatch = async (ctx, rules) => {
  const { rows } = await sql`
    update tracked_runs set lifecycle_stage = 'deleted', deleted_at = ${rules.now} where run_id in (
      select r.run_id from tracked_runs r join experiments e on e.id = r.experiment_id
      where ${outlivedRun(rules)} limit ${batch} for update of r skip locked) returning run_id`.execute(ctx.db);
  return rows.length;
};

export const removeModels: RemoveBatch = (ctx, rules) =>
  inTransaction(ctx, async (ctx) => {
    const { rows } = await sql<{ id: string }>`
      select m.model_id as id from logged_models m join experiments e on e.id = m.experiment_id
      where ${removableModel(rules)} limit ${batch} for update of m skip locked`.execute(ctx.db);
    const ids = rows.map(({ id }) => id);
    if (ids.length === 0) return 0;
    for (const table of ofModels)
      await sql`delete from ${sql.table(table)} where model_id = any(${ids}::text[])`.execute(ctx.db);
    await removeFiles(ctx, ids);
    await forgetImports(ctx, "logged-model", ids);
    await sql`delete from logged_models where model_id = any(${ids}::text[])`.execute(ctx.db);
    return ids.length;
  });

/** Points of metrics go afterwards, a part at a time: see `removePoints`. */
export const removeRuns: RemoveBatch = (ctx, rules) =>
  inTransaction(ctx, async (ctx) => {
    const { rows } = await sql<{ id: string }>`
      select r.run_id as id from tracked_runs r join experiments e on e.id = r.experiment_id
      where ${removableRun(rules)}
        and not exists (select from logged_models m where m.source_run_id = r.run_id)
        and not exists (select from logged_models m where m.attempt_run_id = r.run_id)
      limit ${batch} for update of r skip locked`.execute(ctx.db);
    const ids = rows.map(({ id }) => id);
    if (ids.length === 0) return 0;
    for (const table of ofRuns)
      await sql`delete from ${sql.table(table)} where run_id = any(${ids}::text[])`.execute(ctx.db);
    await removeFiles(ctx, ids);
    await forgetImports(ctx, "run", ids);
    for (const column of ["parent_run_id", "attempt_run_id"])
      await sql`update tracked_runs set ${sql.ref(column)} = null where ${sql.ref(column)} = any(${ids}::text[])`.execute(
        ctx.db,
      );
    await sql`insert into removed_runs (run_id) select unnest(${ids}::text[]) on conflict do nothing`.execute(ctx.db);
    await sql`delete from tracked_runs where run_id = any(${ids}::text[])`.execute(ctx.db);
    return ids.length;
  });

/** Points of metrics of runs that are gone. One that an import has brought back meanwhile has new ones. */
export const removePoints: RemoveBatch = async (ctx) => {
  const { rows } = await sql<{ run_id: string }>`select run_id from removed_runs limit 1`.execute(ctx.db);
  const [run] = rows;
  if (!run) return 0;
  const { rows: gone } = await sql`
    delete from metric_points where run_id = ${run.run_id}
      and not exists (select from tracked_runs where run_id = ${run.run_id}) and (run_id, key, step, time, value) in (
      select run_id, key, step, time, value from metric_points where run_id = ${run.run_id} limit ${pointsAtOnce})
    returning 1`.execute(ctx.db);
  if (gone.length < pointsAtOnce)
    await sql`delete from removed_runs where run_id = ${run.run_id}
      and (exists (select from tracked_runs where run_id = ${run.run_id})
        or not exists (select from metric_points where run_id = ${run.run_id}))`.execute(ctx.db);
  return 1;
};

export const removeExperiments: RemoveBatch = (ctx, rules) =>
  inTransaction(ctx, async (ctx) => {
    const { rows } = await sql<{ id: number }>`
      select e.id from experiments e where ${removableExperiment(rules)}
        and not exists (select from tracked_runs r where r.experiment_id = e.id)
        and not exists (select from logged_models m where m.experiment_id = e.id)
      limit ${batch} for update of e skip locked`.execute(ctx.db);
    const ids = rows.map(({ id }) => id);
    if (ids.length === 0) return 0;
    for (const table of ofExperiments)
      await sql`delete from ${sql.table(table)} where experiment_id = any(${ids}::bigint[])`.execute(ctx.db);
    await sql`delete from experiments where id = any(${ids}::bigint[])`.execute(ctx.db);
    return ids.length;
  });

export const removeArtifacts: RemoveBatch = async (ctx, rules) => {
  const { rows } = await sql`
    delete from artifacts where id in (
      select e.id from artifacts e where ${removableArtifact(rules)} limit ${batch} for update of e skip locked)
    returning id`.execute(ctx.db);
  return rows.length;
};

/** Files of versions that an import was to register. */
export const removeImportFiles: RemoveBatch = async (ctx, rules) => {
  const { rows } = await sql`
    delete from tracked_files where (root, path) in (
      select f.root, f.path from tracked_files f ${projectOfImportFile}
      where ${removableImportFile(rules)} limit ${batch} for update of f skip locked)
    returning path`.execute(ctx.db);
  return rows.length;
};

/** The next import begins anew with what the last one did not end. */
const forgetImports = (ctx: Ctx, kind: "run" | "logged-model", keys: readonly string[]): Promise<unknown> =>
  sql`
    delete from imported_items where kind = ${kind} and state <> 'finished' and (project_id, key) in (
      select p.id, key from projects p cross join unnest(${[...keys]}::text[]) as key)`.execute(ctx.db);

/** Every table that refers to a logged model, a run, an experiment; a test asks the catalog whether these are all. */
export const ofModels = [
  "logged_model_metrics",
  "logged_model_params",
  "logged_model_tags",
  "tracked_run_models",
] as const;
export const ofRuns = [
  "latest_metrics",
  "logged_model_metrics",
  "tracked_inputs",
  "tracked_params",
  "tracked_run_models",
  "tracked_tags",
] as const;
export const ofExperiments = ["experiment_tags", "tracked_datasets"] as const;

const removeFiles = (ctx: Ctx, roots: readonly string[]): Promise<unknown> =>
  sql`delete from tracked_files where root = any(${[...roots]}::text[])`.execute(ctx.db);
