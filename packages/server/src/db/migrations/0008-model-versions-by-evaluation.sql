-- The same model judged otherwise is a version of its own: what it is released by are its metrics.
drop index model_versions_attempt;
create unique index model_versions_attempt on model_versions (model, attempt_id, coalesce(evaluation_artifact_id, ''))
  where attempt_id is not null;
