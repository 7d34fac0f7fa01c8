-- Principals, tokens, roles, and the ledger that every other table's changes are told to.

create table principals (
  id text primary key,
  kind text not null check (kind in ('user', 'team', 'service-account', 'run', 'agent')),
  name text not null,
  email text,
  platform_admin boolean not null default false,
  created_at timestamptz not null default now(),
  disabled_at timestamptz
);
create unique index principals_name on principals (name) where kind <> 'run';
-- the platform acting for itself
insert into principals (id, kind, name) values ('system', 'service-account', 'pave');

create table team_members (
  team_id text not null references principals (id),
  principal_id text not null references principals (id),
  primary key (team_id, principal_id)
);
create index team_members_principal on team_members (principal_id);

-- kind link: one-time sign-in · session: browser cookie · api: what people and scripts hold · run, runner, gateway: machines
create table tokens (
  id text primary key,
  kind text not null check (kind in ('link', 'session', 'api', 'run', 'runner', 'gateway')),
  principal_id text not null references principals (id),
  sha256 text not null unique,
  hint text not null,
  name text not null,
  project_id text,
  scopes jsonb,
  created_at timestamptz not null default now(),
  created_by text references principals (id),
  expires_at timestamptz not null,
  last_used_at timestamptz,
  used_at timestamptz,
  revoked_at timestamptz
);
create index tokens_principal on tokens (principal_id);

-- Facts, inserted in the transaction of the change they tell of. Never updated, never deleted. `xid` orders sealing.
create table ledger_events (
  id text primary key,
  xid xid8 not null default pg_current_xact_id(),
  seq bigint generated always as identity,
  time timestamptz not null default clock_timestamp(),
  type text not null,
  principal_id text not null,
  principal_kind text not null,
  principal_name text not null,
  actor_kind text not null check (actor_kind in ('person', 'agent', 'schedule', 'alert', 'system')),
  team_id text,
  project_id text,
  template text,
  revision_id text,
  subject_type text not null,
  subject_id text not null,
  cause_id text,
  correlation_id text,
  plan_hash text,
  result text not null default 'ok',
  data jsonb not null default '{}'
);
create index ledger_events_unsealed on ledger_events (xid, seq);
create index ledger_events_project on ledger_events (project_id, seq desc);
create index ledger_events_subject on ledger_events (subject_type, subject_id, seq);
create index ledger_events_seq on ledger_events (seq desc);

create table ledger_seals (
  position bigint primary key,
  event_id text not null unique references ledger_events (id),
  previous_hash text not null,
  hash text not null,
  sealed_at timestamptz not null default now()
);

create table ledger_checkpoints (
  position bigint primary key,
  hash text not null,
  time timestamptz not null,
  key_id text not null,
  signature text not null,
  exported_at timestamptz
);

-- Names for leases held by one process at a time (the sealer, the reconciler of one plan, ...).
create table leases (
  name text primary key,
  holder text not null,
  fence bigint not null default 1,
  until timestamptz not null
);

-- Where an outbox listener stands: the last ledger position it has handled.
create table outbox_cursors (
  listener text primary key,
  position bigint not null
);

-- Secrets that the platform makes for itself (signing keys), readable by the server only.
create table platform_settings (
  name text primary key,
  value jsonb not null,
  updated_at timestamptz not null default now()
);
