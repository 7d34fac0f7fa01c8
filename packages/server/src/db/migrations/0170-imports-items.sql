-- What was copied in from servers of MLflow: when, by whom, and how far each thing is.

create table imports (
  id text primary key,
  project_id text not null references projects (id),
  source text not null,
  source_version text not null,
  state text not null default 'running' check (state in ('running', 'done', 'stopped')),
  principal_id text not null references principals (id),
  started_at timestamptz not null,
  last_at timestamptz not null,
  report jsonb
);
create index imports_project on imports (project_id, started_at desc);

-- key: the id at the source; of an experiment with the source before it, as ids of experiments are no more than numbers.
-- digest: of the record at the source when it was copied. target: an experiment's id here.
create table imported_items (
  project_id text not null references projects (id),
  kind text not null check (kind in ('experiment', 'run', 'logged-model', 'model', 'model-version')),
  key text not null,
  import_id text not null references imports (id),
  state text not null check (state in ('begun', 'copied', 'finished')),
  digest text not null default '',
  target bigint,
  updated_at timestamptz not null,
  primary key (project_id, kind, key)
);

-- What is being copied in is neither active nor deleted: no search finds it before all of it is there.
alter table logged_models
  drop constraint logged_models_lifecycle_stage_check,
  add constraint logged_models_lifecycle_stage_check check (lifecycle_stage in ('active', 'deleted', 'importing'));

-- Whom the source names; null where the principal did it here.
alter table model_versions add column user_name text;
