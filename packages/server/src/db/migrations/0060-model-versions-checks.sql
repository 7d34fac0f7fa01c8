-- When serving was asked to load and score a version: set and no `model_check`, a runner is at it. Null for versions of
-- before, and for those of pipelines, which are checked before they are there.
alter table model_versions add column check_asked_at timestamptz;
