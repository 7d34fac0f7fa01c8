import { type RawBuilder, sql } from "kysely";

/** When it is, and what counts where a project says nothing. */
export interface Rules {
  readonly now: Date;
  readonly deletedDays: number;
}

/*
 * What can go, as conditions of SQL: the dry run counts by them, and the removal asks them again for every batch. Nothing
 * goes that is not deleted, that was deleted less long ago than its project keeps such things, or that something names
 * which stays.
 */

/** Before when a thing of the experiment `e` must have been deleted. */
const cutoff = ({ now, deletedDays }: Rules): RawBuilder<Date> => sql`
  ${now}::timestamptz - interval '1 day' * coalesce((select t.deleted_days from project_retention t where t.project_id = e.project_id), ${deletedDays})`;

/** What an import that was killed left stays at least so long: it may be gone on with. */
const leftDays = 7;

/**
 * Of a project (`e.project_id`): no import was at work in it for as long as it keeps what was deleted. What is still being
 * copied in then is what a killed one left.
 */
const importsRest = (rules: Rules): RawBuilder<boolean> => sql`(
  not exists (select from imports i where i.project_id = e.project_id
    and i.last_at >= least(${cutoff(rules)}, ${rules.now}::timestamptz - interval '1 day' * ${leftDays}::integer)))`;

/** Of `logged_models m` in `experiments e`. What a registered version came from stays; a deleted experiment takes its models along. */
export const removableModel = (rules: Rules): RawBuilder<boolean> => sql`(
  case m.lifecycle_stage when 'importing' then ${importsRest(rules)} else
    coalesce(m.deleted_at, e.deleted_at) < ${cutoff(rules)} and 'deleted' in (m.lifecycle_stage, e.lifecycle_stage) end
  and not exists (select from model_versions v where v.logged_model_id = m.model_id))`;

/**
 * Of `tracked_runs r` in `experiments e`. Runs of pipelines and attempts are the platform's; what a version was registered
 * from stays, and so does what made a logged model that stays.
 */
export const removableRun = (rules: Rules): RawBuilder<boolean> => sql`(
  r.owner = 'client' and (
    (r.lifecycle_stage = 'deleted' and r.deleted_at < ${cutoff(rules)})
    or (r.lifecycle_stage = 'importing' and ${importsRest(rules)}))
  and not exists (select from model_versions v where v.tracked_run_id = r.run_id and v.project_id = e.project_id)
  and not exists (select from attempts a where a.tracked_run_id = r.run_id)
  and not ${namedBy(rules, sql`logged_models m`, sql`m.source_run_id`)}
  and not ${namedBy(rules, sql`logged_models m`, sql`m.attempt_run_id`)}
  and not ${namedBy(rules, sql`logged_model_metrics x join logged_models m on m.model_id = x.model_id`, sql`x.run_id`)})`;

/** Whether a logged model that stays names the run `r`. One way at a time, so that an index has each. */
const namedBy = (rules: Rules, models: RawBuilder<unknown>, run: RawBuilder<unknown>): RawBuilder<boolean> => sql`
  exists (select from ${models} join experiments e on e.id = m.experiment_id
    where ${run} = r.run_id and not ${removableModel(rules)})`;

/** Of `experiments e`, as it will be when runs and models are gone. */
export const removableExperiment = (rules: Rules): RawBuilder<boolean> => sql`(
  e.lifecycle_stage = 'deleted' and e.deleted_at < ${cutoff(rules)}
  and not exists (select from tracked_runs r where r.experiment_id = e.id and not ${removableRun(rules)})
  and not exists (select from logged_models m where m.experiment_id = e.id and not ${removableModel(rules)}))`;

/** Of `artifacts e`: the files of a model version that was deleted, where no other has them. */
export const removableArtifact = (rules: Rules): RawBuilder<boolean> => sql`(
  e.deleted_at < ${cutoff(rules)} and e.attempt_id is null
  and not exists (select from model_versions v where e.id in (v.artifact_id, v.evaluation_artifact_id, v.test_artifact_id))
  and not exists (select from reference_profiles f where f.artifact_id = e.id)
  and not exists (select from dataset_versions d where d.artifact_id = e.id)
  and not exists (select from releases l where l.model_digest = e.digest)
  and not exists (select from evaluations l where e.digest in (l.model_digest, l.test_digest))
  ${sql.join(
    [
      ["plans", "actions"],
      ["releases", "configuration"],
      ["review_answers", "evidence"],
      ["work", "payload"],
    ].map(
      ([table, column]) =>
        sql`and not exists (select from ${sql.table(table ?? "")} n where n.${sql.ref(column ?? "")}::text like '%' || e.id || '%')`,
    ),
    sql` `,
  )})`;

/** Of `tracked_files f` of a project `e`: they wait for the version of an import that nobody goes on with. */
export const removableImportFile = (rules: Rules): RawBuilder<boolean> => sql`(
  f.root like 'import %' and ${importsRest(rules)})`;

/** Of `tracked_files f`: the project that it waits in, as `e`. */
export const projectOfImportFile = sql`cross join lateral (select split_part(f.root, ' ', 2) as project_id) e`;

/** Of `tracked_runs r` in `experiments e`: over, and older than the project says that it keeps any. */
export const outlivedRun = ({ now }: Rules): RawBuilder<boolean> => sql`(
  r.lifecycle_stage = 'active' and r.owner = 'client' and r.attempt_run_id is null
  and r.status not in ('RUNNING', 'SCHEDULED')
  and coalesce(r.end_time, r.start_time) < ${now}::timestamptz - interval '1 day' * (
    select t.run_days from project_retention t where t.project_id = e.project_id)
  and not exists (select from model_versions v where v.tracked_run_id = r.run_id and v.project_id = e.project_id))`;
