-- How terminals and jobs of CI get in, and what becomes of their tokens.

-- a service account may be a project's own: the project's admins look after it
alter table principals add column project_id text references projects (id);
create index principals_project on principals (project_id) where project_id is not null;

-- Which jobs of an outside CI may act in a project, as which service account.
create table trusts (
  id text primary key,
  project_id text not null references projects (id),
  issuer text not null,
  kind text not null check (kind in ('github', 'gitlab')),
  repository text not null,
  -- the id that the repository had when it first came: another one of the same name is another repository
  repository_id text,
  branch text,
  tag text,
  pull_requests boolean not null default false,
  job_environment text,
  workflow text,
  unprotected boolean not null default false,
  principal_id text not null references principals (id),
  role text,
  scopes jsonb not null,
  created_by text not null references principals (id),
  created_at timestamptz not null,
  last_used_at timestamptz,
  removed_at timestamptz
);
create index trusts_project on trusts (project_id);
create index trusts_repository on trusts (issuer, repository) where removed_at is null;

-- made: by a person, for a program · terminal: by `pave login` · trust: exchanged for the token of an outside CI
alter table tokens add column origin text not null default 'made' check (origin in ('made', 'terminal', 'trust'));
alter table tokens add column last_used_from text;
alter table tokens add column replaced_by text references tokens (id);
-- the event that everything done with this token is a consequence of
alter table tokens add column cause_id text;
alter table tokens add column trust_id text references trusts (id);
create index tokens_trust on tokens (trust_id) where trust_id is not null;

-- A terminal that waits for a person's yes in a browser. kind browser: a code that goes back through the browser ·
-- device: a short code that the person types. Only digests of codes are kept.
create table terminal_requests (
  id text primary key,
  kind text not null check (kind in ('browser', 'device')),
  secret_sha256 text not null unique,
  user_code_sha256 text unique,
  host text not null,
  address text not null,
  code_challenge text,
  redirect_uri text,
  state text not null default 'waiting' check (state in ('waiting', 'allowed', 'denied', 'used')),
  principal_id text references principals (id),
  token_id text references tokens (id),
  interval_seconds integer not null,
  polled_at timestamptz,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index terminal_requests_expires on terminal_requests (expires_at);

-- Tokens of outside issuers that were exchanged already; a row is worth nothing after `until`.
create table used_assertions (
  issuer text not null,
  jti_sha256 text not null,
  until timestamptz not null,
  primary key (issuer, jti_sha256)
);
create index used_assertions_until on used_assertions (until);
