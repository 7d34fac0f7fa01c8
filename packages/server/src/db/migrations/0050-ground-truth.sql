-- What endpoints answered, what came true, and how right the answers were.

-- Parts of the request log that were taken, so that one that is sent twice counts once. Old rows are pruned.
create table log_parts (
  part text primary key,
  received_at timestamptz not null default now()
);
create index log_parts_received on log_parts (received_at);

-- What the answers of a release are, as a gateway that runs it says.
create table logged_releases (
  release_id text primary key,
  deployment_id text not null,
  model_version text not null,
  answers jsonb not null,
  at timestamptz not null default now()
);
create index logged_releases_deployment on logged_releases (deployment_id);

-- The index of the request log: a row for each logged row, a partition for each day, dropped when it is too old.
-- `at` is the time within the id, so an id alone finds its partition.
create table predictions (
  deployment_id text not null,
  at timestamptz not null,
  prediction_id uuid not null,
  row_number integer not null,
  release_id text not null,
  score double precision,
  label text,
  primary key (deployment_id, at, prediction_id, row_number)
) partition by range (at);

-- Ground truth, by the time of the prediction it is about. Without a release the prediction has not come yet.
create table outcomes (
  deployment_id text not null,
  predicted_at timestamptz not null,
  prediction_id uuid not null,
  row_number integer not null,
  -- when the outcome belongs to
  at timestamptz not null,
  actual text not null,
  received_at timestamptz not null,
  release_id text,
  score double precision,
  label text,
  primary key (deployment_id, predicted_at, prediction_id, row_number)
) partition by range (predicted_at);
create index outcomes_pending on outcomes (deployment_id, received_at) where release_id is null;
create index outcomes_at on outcomes (deployment_id, at) where release_id is not null;

-- Labels that say otherwise than the one that was there first.
create table contradictions (
  deployment_id text not null,
  prediction_id uuid not null,
  row_number integer not null,
  found text not null,
  kept text not null,
  received_at timestamptz not null,
  primary key (deployment_id, prediction_id, row_number, found)
);
create index contradictions_received on contradictions (deployment_id, received_at);

-- What became of labels, by day of arrival.
create table label_counts (
  deployment_id text not null,
  day date not null,
  counts jsonb not null,
  primary key (deployment_id, day)
);

-- Sums over rows by hour and by day: `seen` to `settled` of the time of the prediction, the rest of that of the outcome.
create table truth_windows (
  deployment_id text not null,
  span text not null check (span in ('hour', 'day')),
  start timestamptz not null,
  release_id text not null,
  seen bigint not null default 0,
  logged bigint not null default 0,
  -- of the logged rows, those with an outcome
  settled bigint not null default 0,
  labelled bigint not null default 0,
  sums double precision[] not null default '{}',
  cells bigint[] not null default '{}',
  ages bigint[] not null default '{}',
  primary key (deployment_id, span, start, release_id)
);

-- Logged requests with their features on the way to a file: JSON lines, packed with gzip.
create table request_log_spool (
  id bigint generated always as identity primary key,
  deployment_id text not null,
  from_at timestamptz not null,
  to_at timestamptz not null,
  rows bigint not null,
  bytes bigint not null,
  content bytea not null,
  received_at timestamptz not null default now()
);
create index request_log_spool_deployment on request_log_spool (deployment_id, id);

-- Files of the request log in the artifact store.
create table request_log_files (
  id text primary key,
  deployment_id text not null,
  store text not null,
  key text not null,
  rows bigint not null,
  bytes bigint not null,
  from_at timestamptz not null,
  to_at timestamptz not null,
  created_at timestamptz not null default now()
);
create index request_log_files_deployment on request_log_files (deployment_id, to_at);
