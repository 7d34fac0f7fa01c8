-- What names a run or a logged model is found by it when it is removed: without these each that goes costs a look through
-- whole tables, by the check of its foreign keys alone.
create index tracked_runs_attempt on tracked_runs (attempt_run_id) where attempt_run_id is not null;
create index logged_models_attempt on logged_models (attempt_run_id) where attempt_run_id is not null;
create index logged_model_metrics_run on logged_model_metrics (run_id);
create index tracked_run_models_model on tracked_run_models (model_id);
create index model_versions_logged_model on model_versions (logged_model_id) where logged_model_id is not null;
create index attempts_tracked_run on attempts (tracked_run_id) where tracked_run_id is not null;
