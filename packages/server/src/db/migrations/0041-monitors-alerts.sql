-- One for each online deployment that serves: what is judged, and what the last judgement was.
create table monitors (
  deployment_id text primary key references deployments (id) on delete cascade,
  project_id text not null references projects (id),
  release_id text not null,
  -- Where the open window begins.
  since timestamptz not null,
  state text not null check (state in ('ok', 'watch', 'drift', 'too-few-rows', 'no-reference')),
  reason text not null default '',
  -- The last window that was judged, whole.
  judged_from timestamptz,
  judged_to timestamptz,
  judgement jsonb,
  -- What was found in the windows before that could be judged, oldest first: as many as persistence looks at.
  recent jsonb not null default '[]',
  slo jsonb,
  slo_at timestamptz,
  updated_at timestamptz not null default now()
);
create index monitors_project on monitors (project_id);

create table monitor_windows (
  deployment_id text not null references deployments (id) on delete cascade,
  release_id text not null,
  start timestamptz not null,
  "end" timestamptz not null,
  rows bigint not null,
  status text not null,
  reason text not null,
  primary key (deployment_id, start)
);
create index monitor_windows_end on monitor_windows ("end");

create table alerts (
  id text primary key,
  project_id text not null references projects (id),
  number bigint not null,
  deployment_id text not null references deployments (id) on delete cascade,
  release_id text,
  -- What makes two findings one alert.
  key text not null,
  kind text not null check (kind in ('inputs', 'predictions', 'availability', 'latency')),
  severity text not null check (severity in ('page', 'ticket')),
  state text not null check (state in ('open', 'acknowledged', 'resolved')),
  title text not null,
  reason text not null,
  fix text not null,
  details jsonb not null default '{}',
  occurrences integer not null default 1,
  opened_at timestamptz not null,
  seen_at timestamptz not null,
  acknowledged_at timestamptz,
  acknowledged_by text references principals (id),
  comment text not null default '',
  resolved_at timestamptz,
  resolution text not null default '',
  unique (project_id, number)
);
create unique index alerts_unresolved on alerts (key) where state <> 'resolved';
create index alerts_project on alerts (project_id, opened_at desc);

-- What is to be told to a webhook, written with the change it tells of.
create table webhook_deliveries (
  id text primary key,
  alert_id text not null references alerts (id) on delete cascade,
  event text not null check (event in ('alert.opened', 'alert.acknowledged', 'alert.resolved')),
  payload jsonb not null,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
  attempts integer not null default 0,
  next_at timestamptz not null,
  last_status integer,
  last_error text,
  created_at timestamptz not null default now(),
  delivered_at timestamptz
);
create index webhook_deliveries_due on webhook_deliveries (next_at) where state = 'waiting';
create index webhook_deliveries_alert on webhook_deliveries (alert_id);
