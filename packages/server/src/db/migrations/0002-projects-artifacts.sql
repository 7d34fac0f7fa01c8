-- Blobs, artifacts, projects, revisions, environments, Python environments, components.

create table blobs (
  digest text primary key,
  store text not null default 'folder',
  key text not null,
  size bigint not null,
  verified_at timestamptz,
  created_at timestamptz not null default now()
);

create table projects (
  id text primary key,
  name text not null unique,
  title text not null,
  description text not null default '',
  owner text not null,
  tier text not null default 'experimental',
  template_name text,
  template_version text,
  template_answers jsonb,
  rendering_digest text,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  created_by text not null,
  updated_at timestamptz not null default now(),
  -- counters of the numbers that people see
  last_run bigint not null default 0,
  last_plan bigint not null default 0,
  last_revision bigint not null default 0
);

create table project_members (
  project_id text not null references projects (id),
  principal_id text not null references principals (id),
  role text not null check (role in ('viewer', 'developer', 'reviewer', 'admin')),
  granted_at timestamptz not null default now(),
  primary key (project_id, principal_id)
);
create index project_members_principal on project_members (principal_id);

-- An immutable, content-addressed snapshot of a project's files.
create table revisions (
  id text primary key,
  project_id text not null references projects (id),
  number bigint not null,
  digest text not null,
  files jsonb not null,
  file_count integer not null,
  bytes bigint not null,
  spec jsonb,
  git jsonb,
  message text not null default '',
  created_at timestamptz not null default now(),
  created_by text not null references principals (id),
  -- when these files were last pushed: the latest revision is the folder as it is now, also after going back
  pushed_at timestamptz not null default now(),
  unique (project_id, number),
  unique (project_id, digest)
);
create index revisions_latest on revisions (project_id, pushed_at desc);

create table environments (
  name text primary key,
  spec jsonb not null,
  source text not null,
  version bigint not null default 1,
  updated_at timestamptz not null default now(),
  updated_by text not null
);

-- Locked Python environments by what was asked for (lock, interpreter range); `digest` says what was installed.
create table python_environments (
  id text primary key,
  request_digest text not null,
  lock_digest text not null,
  request jsonb not null,
  digest text,
  state text not null check (state in ('queued', 'building', 'ready', 'failed')),
  interpreter text,
  platform text,
  tool text,
  packages jsonb not null default '[]',
  path text,
  error text,
  log text not null default '',
  seconds double precision,
  work_id text,
  created_at timestamptz not null default now(),
  finished_at timestamptz
);
create unique index python_environments_request on python_environments (request_digest) where state in ('queued', 'building', 'ready');

-- Content-addressed outputs; one row per production, so that lineage keeps every producer.
create table artifacts (
  id text primary key,
  digest text not null,
  project_id text not null references projects (id),
  type text not null check (type in ('dataset', 'model', 'metrics', 'report', 'artifact')),
  format text,
  name text not null,
  files jsonb not null,
  bytes bigint not null,
  metadata jsonb not null default '{}',
  attempt_id text,
  created_at timestamptz not null default now()
);
create index artifacts_digest on artifacts (digest);
create index artifacts_attempt on artifacts (attempt_id);

create table components (
  digest text primary key,
  name text not null,
  version text not null,
  spec jsonb not null,
  files jsonb not null,
  source text not null,
  validated_at timestamptz,
  created_at timestamptz not null default now()
);
create index components_name on components (name, version);
