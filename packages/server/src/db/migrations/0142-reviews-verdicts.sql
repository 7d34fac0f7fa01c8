-- Reviews of model versions by the questions of an environment. The newest of a version and environment counts.

create table reviews (
  id text primary key,
  project_id text not null references projects (id),
  model text not null,
  version bigint not null,
  environment text not null,
  questions jsonb not null,
  state text not null default 'open' check (state in ('open', 'approved', 'rejected', 'superseded')),
  requested_by text not null references principals (id),
  requested_at timestamptz not null,
  decided_by text references principals (id),
  decided_at timestamptz,
  comment text not null default '',
  foreign key (model, version) references model_versions (model, version) on delete cascade
);
create unique index reviews_current on reviews (model, version, environment) where state <> 'superseded';
create index reviews_project on reviews (project_id);

create table review_answers (
  review_id text not null references reviews (id) on delete cascade,
  question text not null,
  text text not null,
  evidence jsonb not null default '[]',
  answered_by text not null references principals (id),
  answered_at timestamptz not null,
  primary key (review_id, question)
);
