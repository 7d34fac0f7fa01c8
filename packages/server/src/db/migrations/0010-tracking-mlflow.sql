-- What clients of MLflow log beside what pipelines do: experiments by project, inputs, logged models, files.

-- Names of experiments are a project's own: two projects may use the same one.
alter table experiments drop constraint experiments_name_key;
alter table experiments alter column project_id set not null;
create unique index experiments_name on experiments (project_id, name);

create table experiment_tags (
  experiment_id bigint not null references experiments (id),
  key text not null,
  value text not null,
  primary key (experiment_id, key)
);

-- owner: pipeline and attempt runs are the platform's; clients may only note things on them.
-- attempt_run_id: the attempt's run below which an attempt's token made this one.
-- adopted: the first run that an attempt's token makes is the attempt's own; true once there was one.
alter table tracked_runs
  add column owner text not null default 'client' check (owner in ('client', 'pipeline', 'attempt')),
  add column attempt_run_id text references tracked_runs (run_id),
  add column adopted boolean not null default false,
  add column user_name text not null default '';
update tracked_runs set owner = 'pipeline' where run_id in (select tracked_run_id from runs);
update tracked_runs set owner = 'attempt' where run_id in (select tracked_run_id from attempts);
create index tracked_runs_parent on tracked_runs (parent_run_id) where parent_run_id is not null;
create unique index attempts_token on attempts (token_id) where token_id is not null;

create table tracked_datasets (
  id bigint generated always as identity primary key,
  experiment_id bigint not null references experiments (id),
  name text not null,
  digest text not null,
  source_type text not null,
  source text not null,
  schema text,
  profile text,
  unique (experiment_id, name, digest)
);

create table tracked_inputs (
  run_id text not null references tracked_runs (run_id),
  dataset_id bigint not null references tracked_datasets (id),
  tags jsonb not null default '{}',
  primary key (run_id, dataset_id)
);

create table logged_models (
  model_id text primary key check (model_id ~ '^m-[0-9a-f]{32}$'),
  experiment_id bigint not null references experiments (id),
  name text not null,
  model_type text not null default '',
  status text not null default 'PENDING' check (status in ('PENDING', 'READY', 'UPLOAD_FAILED')),
  status_message text not null default '',
  lifecycle_stage text not null default 'active' check (lifecycle_stage in ('active', 'deleted')),
  source_run_id text references tracked_runs (run_id),
  attempt_run_id text references tracked_runs (run_id),
  artifact_uri text not null,
  principal_id text not null references principals (id),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index logged_models_experiment on logged_models (experiment_id, created_at desc);
create index logged_models_name on logged_models (experiment_id, name);
create index logged_models_run on logged_models (source_run_id);

create table logged_model_params (
  model_id text not null references logged_models (model_id),
  key text not null,
  value text not null,
  primary key (model_id, key)
);

create table logged_model_tags (
  model_id text not null references logged_models (model_id),
  key text not null,
  value text not null,
  primary key (model_id, key)
);

-- The latest value of a metric of a model by the run that measured it and the data set it was measured on.
create table logged_model_metrics (
  model_id text not null references logged_models (model_id),
  key text not null,
  run_id text not null references tracked_runs (run_id),
  dataset_name text not null default '',
  dataset_digest text not null default '',
  value double precision not null,
  step bigint not null,
  time timestamptz not null,
  primary key (model_id, key, run_id, dataset_name, dataset_digest)
);

-- Models that a run read or made.
create table tracked_run_models (
  run_id text not null references tracked_runs (run_id),
  model_id text not null references logged_models (model_id),
  direction text not null check (direction in ('input', 'output')),
  step bigint not null default 0,
  primary key (run_id, direction, model_id, step)
);

-- Files that clients log. root: a run or a logged model; the path within, byte by byte, so that a folder is one range.
create table tracked_files (
  root text not null,
  path text collate "C" not null,
  digest text not null,
  size bigint not null,
  updated_at timestamptz not null default now(),
  primary key (root, path)
);

alter table registered_models add column principal_id text references principals (id);
alter table model_versions
  add column stage text not null default 'None' check (stage in ('None', 'Staging', 'Production', 'Archived')),
  add column run_link text not null default '',
  add column logged_model_id text references logged_models (model_id),
  add column updated_at timestamptz not null default now();
