-- Values of secrets are sealed outside of the database; what lies here opens nothing.
create table secrets (
  id text primary key,
  project_id text not null references projects (id),
  name text not null,
  -- Null: for runs that have no value of their own environment.
  environment text,
  version integer not null,
  created_by text not null references principals (id),
  created_at timestamptz not null,
  updated_by text not null references principals (id),
  updated_at timestamptz not null,
  last_used_at timestamptz,
  last_used_run integer,
  unique nulls not distinct (project_id, name, environment)
);

create table secret_versions (
  id text primary key,
  secret_id text not null references secrets (id) on delete cascade,
  version integer not null,
  -- Null once it was overtaken twice.
  sealed jsonb,
  created_by text not null references principals (id),
  created_at timestamptz not null,
  unique (secret_id, version)
);

-- What the process of an attempt was given: by it the server knows what to mask of what it says.
create table attempt_secrets (
  attempt_id text not null,
  -- Of a version of a secret, or of a connection.
  secret_id text not null,
  name text not null,
  version integer not null,
  taken_at timestamptz not null,
  primary key (attempt_id, secret_id)
);

alter table runs add column environment text;
