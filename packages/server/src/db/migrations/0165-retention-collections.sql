-- How long a project keeps what was deleted, and what was not. Without a row, and where null, the platform's settings count.
create table project_retention (
  project_id text primary key references projects (id),
  deleted_days integer check (deleted_days between 0 and 3650),
  run_days integer check (run_days between 1 and 3650),
  updated_at timestamptz not null,
  updated_by text not null
);

-- One look through what can go, and the removal of it. `found` and `removed` count; `progress` says what is under way.
create table collections (
  id text primary key,
  kind text not null check (kind in ('dry-run', 'manual', 'scheduled')),
  state text not null check (state in ('requested', 'running', 'succeeded', 'failed')),
  requested_by text,
  progress text,
  found jsonb,
  removed jsonb,
  error jsonb,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz
);
create index collections_created on collections (created_at);

-- Digests that something names, while a look is under way; those that are not here are nobody's.
create table collection_marks (
  digest text primary key
);

-- Runs that are gone but for points of metrics, which are too many for one transaction.
create table removed_runs (
  run_id text primary key
);
