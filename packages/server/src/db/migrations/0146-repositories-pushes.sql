-- Git repositories whose pushes are checked, run and released, and the pushes that came.
create table repositories (
  id text primary key,
  project_id text not null unique references projects(id),
  provider text not null check (provider in ('github', 'gitlab', 'gitea')),
  url text not null,
  folder text not null default '',
  branch text not null,
  pipeline text,
  deploy_to text,
  webhook_secret jsonb not null,
  access_token jsonb,
  principal_id text not null references principals(id),
  created_by text not null,
  created_at timestamptz not null default now()
);
create table repository_pushes (
  id text primary key,
  repository_id text not null references repositories(id) on delete cascade,
  delivery_id text not null,
  branch text not null,
  commit text not null,
  message text not null,
  author text not null,
  state text not null check (state in ('received', 'running', 'releasing', 'succeeded', 'failed', 'superseded')),
  detail text not null default '',
  revision_number bigint,
  run_id text references runs(id),
  run_number bigint,
  plan_number bigint,
  received_at timestamptz not null,
  finished_at timestamptz,
  -- the host is told of each change; due until it has taken the last one
  status_due_at timestamptz,
  status_version bigint not null default 0,
  status_attempts integer not null default 0,
  status_error text,
  unique (repository_id, delivery_id)
);
create index repository_pushes_list on repository_pushes (repository_id, received_at desc);
create index repository_pushes_open on repository_pushes (received_at) where finished_at is null;
create index repository_pushes_status on repository_pushes (status_due_at) where status_due_at is not null;
