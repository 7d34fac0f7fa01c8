-- Rollouts that move traffic step by step, with what each step saw.

-- Only the defaults could be written so far; from here on what an environment states binds its projects.
update environments set spec = spec - 'rollout';

alter table rollouts
  -- counts the rollouts of one deployment
  add column number bigint,
  -- of a canary, as its plan says
  add column settings jsonb,
  -- index of the canary's current step
  add column step integer not null default 0,
  add column step_started_at timestamptz,
  add column paused_by text check (paused_by in ('person', 'inconclusive')),
  add column paused_at timestamptz,
  drop constraint rollouts_state_check,
  add constraint rollouts_state_check
    check (state in ('preparing', 'stepping', 'paused', 'shifting', 'completed', 'aborted', 'failed'));
update rollouts set number = counted.number
  from (select id, row_number() over (partition by deployment_id order by started_at, id) as number from rollouts) as counted
  where counted.id = rollouts.id;
alter table rollouts alter column number set not null;
create unique index rollouts_number on rollouts (deployment_id, number);
drop index rollouts_open;
create unique index rollouts_open on rollouts (deployment_id) where state in ('preparing', 'stepping', 'paused', 'shifting');

create table rollout_steps (
  rollout_id text not null references rollouts (id),
  position integer not null,
  weight double precision not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  -- of the last look; how it was decided when the step is over
  analysis jsonb,
  looked_at timestamptz,
  primary key (rollout_id, position)
);

-- What gateways counted while a step was on, of every release of the deployment: one row each, however long it takes.
create table rollout_counts (
  rollout_id text not null,
  position integer not null,
  release_id text not null,
  requests bigint not null default 0,
  rows bigint not null default 0,
  errors4xx bigint not null default 0,
  errors5xx bigint not null default 0,
  latency_sum_ms double precision not null default 0,
  latency_max_ms double precision not null default 0,
  latency_buckets bigint[] not null default '{}',
  primary key (rollout_id, position, release_id),
  foreign key (rollout_id, position) references rollout_steps (rollout_id, position)
);
