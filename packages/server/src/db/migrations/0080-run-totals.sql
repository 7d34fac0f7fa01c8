-- How runs ended, counted as they end: a scrape of metrics reads a row for each project and outcome, however many runs
-- there were.
create table run_totals (
  project_id text not null references projects (id),
  state text not null check (state in ('succeeded', 'failed', 'cancelled')),
  runs bigint not null default 0,
  seconds double precision not null default 0,
  primary key (project_id, state)
);

insert into run_totals (project_id, state, runs, seconds)
select project_id, state, count(*), coalesce(sum(extract(epoch from finished_at - coalesce(started_at, created_at))), 0)
from runs
where state in ('succeeded', 'failed', 'cancelled')
group by project_id, state;

-- Rollouts that are on, whatever their state is called.
create index rollouts_unfinished on rollouts (started_at) where finished_at is null;
