-- Webhooks of the registry by project, as clients of MLflow make them, and what is to be sent to them.
create table model_webhooks (
  id text primary key,
  project_id text not null references projects(id),
  name text not null,
  description text not null default '',
  url text not null,
  events text[] not null,
  secret jsonb,
  active boolean not null,
  created_by text not null references principals(id),
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index model_webhooks_project on model_webhooks (project_id);
create table model_webhook_deliveries (
  id text primary key,
  webhook_id text not null references model_webhooks(id) on delete cascade,
  event text not null,
  data jsonb not null,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
  attempts integer not null default 0,
  next_at timestamptz not null,
  last_error text,
  created_at timestamptz not null
);
create index model_webhook_deliveries_due on model_webhook_deliveries (webhook_id, next_at) where state = 'waiting';
create index model_webhook_deliveries_ended on model_webhook_deliveries (created_at) where state <> 'waiting';
