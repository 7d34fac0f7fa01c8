-- Commits that are known to have exactly a revision's files; the same files may come from several.
create table revision_commits (
  revision_id text not null references revisions(id) on delete cascade,
  commit text not null,
  branch text not null default '',
  pushed boolean not null,
  told_by text not null,
  told_at timestamptz not null default now(),
  primary key (revision_id, commit, branch)
);
insert into revision_commits (revision_id, commit, branch, pushed, told_by, told_at)
select id, git->>'commit', coalesce(git->>'branch', ''), false, created_by, created_at
from revisions
where git->>'dirty' = 'false' and git->>'commit' is not null;
create index runs_revision on runs (revision_id, number desc);
