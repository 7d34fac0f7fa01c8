-- What people say about runs, model versions, plans and alerts.

create table comments (
  id text primary key,
  project_id text not null references projects (id),
  -- run/12, plan/3, model/flights/2, alert/4
  subject text not null,
  -- the comment that began the thread
  reply_to text references comments (id),
  text text not null,
  author text not null references principals (id),
  -- ids of those who were told
  mentioned jsonb not null default '[]',
  created_at timestamptz not null,
  edited_at timestamptz,
  deleted_at timestamptz,
  resolved_at timestamptz,
  resolved_by text references principals (id)
);
create index comments_subject on comments (project_id, subject, created_at);

-- What a comment said before it was edited or deleted.
create table comment_versions (
  comment_id text not null references comments (id),
  number integer not null,
  text text not null,
  until timestamptz not null,
  primary key (comment_id, number)
);
