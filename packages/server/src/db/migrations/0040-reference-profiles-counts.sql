-- What a model's inputs and answers looked like where it was trained, made once after it was registered.
create table reference_profiles (
  model text not null,
  version bigint not null,
  project_id text not null references projects (id),
  state text not null check (state in ('making', 'ready', 'failed')),
  -- In one sentence: why there is none, or what it was made of.
  message text not null default '',
  -- What of it was made of rows that the model had not seen in training: 'held-out', 'training', or nothing.
  prediction_source text,
  artifact_id text references artifacts (id),
  profile_id text,
  profile jsonb,
  -- The cells in which the answers of other versions are counted, to be held against this one's.
  comparison_id text,
  comparison jsonb,
  -- How many numbers counts against either have.
  cells integer,
  columns integer,
  comparison_cells integer,
  created_at timestamptz not null default now(),
  primary key (model, version),
  foreign key (model, version) references model_versions (model, version) on delete cascade
);
create index reference_profiles_project on reference_profiles (project_id, profile_id);

-- Rows and answers of traffic in the cells of a profile: whole numbers that only grow, so that windows add up.
create table profile_windows (
  deployment_id text not null,
  release_id text not null,
  profile text not null,
  start timestamptz not null,
  seconds integer not null,
  rows bigint not null,
  cells double precision[] not null,
  sums double precision[] not null,
  minima double precision[] not null,
  maxima double precision[] not null,
  primary key (deployment_id, release_id, profile, start)
);
create index profile_windows_start on profile_windows (start);
