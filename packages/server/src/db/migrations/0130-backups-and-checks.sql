-- What was asked for and came of it; the backups themselves lie in their folder, and these rows are in none of them.
create table backups (
  id text primary key,
  kind text not null check (kind in ('manual', 'scheduled', 'found')),
  state text not null check (state in ('requested', 'running', 'succeeded', 'failed', 'removing', 'removed')),
  requested_by text,
  progress jsonb,
  error jsonb,
  summary jsonb,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz
);
create index backups_created on backups (created_at desc);

create table backup_checks (
  id text primary key,
  backup_id text not null references backups (id),
  kind text not null check (kind in ('verify', 'drill')),
  cause text not null check (cause in ('manual', 'scheduled')),
  state text not null check (state in ('requested', 'running', 'passed', 'failed')),
  progress jsonb,
  findings jsonb not null default '[]',
  error jsonb,
  created_at timestamptz not null,
  finished_at timestamptz
);
create index backup_checks_backup on backup_checks (backup_id, created_at desc);
