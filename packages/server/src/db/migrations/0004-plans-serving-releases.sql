-- Plans, provisioned resources, deployments, releases, measurements by window.

create table plans (
  id text primary key,
  project_id text not null references projects (id),
  number bigint not null,
  environment text not null references environments (name),
  kind text not null default 'release',
  title text not null,
  message text,
  state text not null check (state in ('evaluating', 'blocked', 'open', 'ready', 'stale', 'applying', 'applied', 'failed', 'rejected', 'cancelled')),
  request jsonb not null,
  revision_id text references revisions (id),
  actions jsonb not null default '[]',
  reads jsonb not null default '[]',
  -- the rules it is judged by, with whose they are
  gates jsonb not null default '[]',
  verdicts jsonb not null default '[]',
  evidence jsonb not null default '[]',
  -- what its evidence still waits for
  pending text,
  approval_rule jsonb not null default '{}',
  estimate jsonb,
  hash text not null,
  stale_because jsonb not null default '[]',
  auto_apply boolean not null default false,
  superseded_by bigint,
  author text not null references principals (id),
  created_at timestamptz not null default now(),
  applied_at timestamptz,
  applied_by text references principals (id),
  failure text,
  version bigint not null default 1,
  unique (project_id, number)
);
create index plans_open on plans (created_at) where state in ('evaluating', 'open', 'ready', 'applying', 'stale', 'blocked');

create table approvals (
  id text primary key,
  plan_id text not null references plans (id),
  principal_id text not null references principals (id),
  decision text not null check (decision in ('approved', 'rejected')),
  comment text not null default '',
  plan_hash text not null,
  carried_over boolean not null default false,
  at timestamptz not null default now(),
  unique (plan_id, principal_id)
);

-- The journal of applying: one row per action, written before and after it, so that a crash can resume or undo.
create table plan_steps (
  plan_id text not null references plans (id),
  position integer not null,
  action_id text not null,
  state text not null check (state in ('planned', 'applying', 'applied', 'failed', 'undone')),
  undo jsonb,
  result jsonb,
  error text,
  started_at timestamptz,
  finished_at timestamptz,
  primary key (plan_id, position)
);

-- The gates of a project that are in force in an environment. Only an applied plan changes them: a revision brings its
-- own, but is judged by these.
create table project_rules (
  project_id text not null references projects (id),
  environment text not null references environments (name),
  gates jsonb not null,
  version bigint not null default 1,
  revision_id text references revisions (id),
  plan_id text references plans (id),
  updated_at timestamptz not null default now(),
  primary key (project_id, environment)
);

-- Metrics of a model (a champion) on a test set that is not its own, so that they may be compared with a candidate's.
create table evaluations (
  id text primary key,
  project_id text not null references projects (id),
  model text not null,
  model_version bigint not null,
  model_digest text not null,
  test_digest text not null,
  component text not null,
  run_id text references runs (id),
  state text not null check (state in ('running', 'succeeded', 'failed')),
  metrics jsonb not null default '{}',
  message text,
  created_at timestamptz not null default now(),
  finished_at timestamptz
);
create unique index evaluations_wanted on evaluations (model_digest, test_digest, component) where state <> 'failed';
create index evaluations_run on evaluations (run_id);

create table resources (
  id text primary key,
  project_id text not null references projects (id),
  environment text not null references environments (name),
  type text not null,
  name text not null,
  class text not null,
  provider text not null,
  state text not null check (state in ('ready', 'failed', 'deleted')),
  outputs jsonb not null default '{}',
  plan_id text,
  created_at timestamptz not null default now(),
  unique (project_id, environment, type, name)
);

create table deployments (
  id text primary key,
  project_id text not null references projects (id),
  environment text not null references environments (name),
  name text not null,
  kind text not null default 'online',
  active_release_id text,
  -- the gateway's view: releases it must hold and where traffic goes
  serving jsonb not null default '{}',
  last_release bigint not null default 0,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (project_id, environment, name)
);

create table releases (
  id text primary key,
  deployment_id text not null references deployments (id),
  number bigint not null,
  plan_id text references plans (id),
  revision_id text not null references revisions (id),
  model text not null,
  model_version bigint not null,
  model_digest text not null,
  configuration jsonb not null default '{}',
  state text not null check (state in ('pending', 'rolling-out', 'active', 'superseded', 'rolled-back', 'failed')),
  message text,
  created_by text not null references principals (id),
  created_at timestamptz not null default now(),
  activated_at timestamptz,
  ended_at timestamptz,
  unique (deployment_id, number)
);

create table rollouts (
  id text primary key,
  deployment_id text not null references deployments (id),
  release_id text not null references releases (id),
  previous_release_id text references releases (id),
  kind text not null check (kind in ('immediate', 'canary', 'rollback')),
  state text not null check (state in ('preparing', 'shifting', 'completed', 'aborted', 'failed')),
  message text,
  -- the gateway_config.version with which traffic moved
  config_version bigint,
  started_by text not null references principals (id),
  started_at timestamptz not null default now(),
  finished_at timestamptz
);
create unique index rollouts_open on rollouts (deployment_id) where state in ('preparing', 'shifting');

create table gateways (
  id text primary key,
  started_at timestamptz not null,
  -- of the last report; an older one that arrives late tells nothing new
  sequence bigint not null default 0,
  config_version bigint not null default 0,
  releases jsonb not null default '[]',
  last_seen_at timestamptz not null default now()
);

-- Bumped in every transaction that changes what gateways must know.
create table gateway_config (
  only_one boolean primary key default true check (only_one),
  version bigint not null default 1,
  -- of the keys that gateways were given last; another one makes a new version
  keys_digest text not null default ''
);
insert into gateway_config default values;

-- Requests by ten-second window, merged over gateways.
create table traffic_windows (
  deployment_id text not null,
  release_id text not null,
  start timestamptz not null,
  seconds integer not null default 10,
  requests bigint not null default 0,
  rows bigint not null default 0,
  errors4xx bigint not null default 0,
  errors5xx bigint not null default 0,
  latency_sum_ms double precision not null default 0,
  latency_max_ms double precision not null default 0,
  latency_buckets bigint[] not null default '{}',
  primary key (deployment_id, start, release_id)
) partition by range (start);
create table traffic_windows_default partition of traffic_windows default;

-- Windows already counted, so that a report that is sent twice counts once. Old rows are pruned.
create table gateway_windows (
  window_id text primary key,
  received_at timestamptz not null default now()
);
create index gateway_windows_received on gateway_windows (received_at);
