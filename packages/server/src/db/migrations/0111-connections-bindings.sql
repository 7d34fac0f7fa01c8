-- What a project reads from, by name and environment. Passwords are sealed as secrets are.
create table connections (
  id text primary key,
  project_id text not null references projects (id),
  name text not null,
  environment text,
  type text not null check (type in ('postgres', 'mysql', 's3', 'http')),
  settings jsonb not null,
  sealed jsonb,
  version integer not null,
  created_by text not null references principals (id),
  created_at timestamptz not null,
  updated_by text not null references principals (id),
  updated_at timestamptz not null,
  last_used_at timestamptz,
  last_used_run integer,
  unique nulls not distinct (project_id, name, environment)
);

-- What was read through one: outlives the connection, for lineage.
create table dataset_versions (
  id text primary key,
  project_id text not null references projects (id),
  artifact_id text not null,
  connection text not null,
  environment text,
  type text not null,
  query text,
  path text,
  version text,
  etag text,
  digest text not null,
  rows bigint not null,
  columns jsonb not null,
  run integer not null,
  step text not null,
  port text not null,
  read_at timestamptz not null
);
create index dataset_versions_artifact on dataset_versions (artifact_id);
