-- Who is told what, where it is sent, and what became of it.

-- A place that messages go to: of a team, or of the platform where there is none.
create table notification_targets (
  id text primary key,
  team_id text references principals (id),
  name text not null,
  kind text not null check (kind in ('webhook', 'slack', 'teams', 'email')),
  -- What may be shown: hosts and addresses.
  settings jsonb not null default '{}',
  -- Sealed by the vault: URL, signing secret, password.
  secret jsonb,
  -- Carries the mail to single people, too.
  for_people boolean not null default false,
  created_at timestamptz not null default now(),
  created_by text not null references principals (id),
  -- Nothing goes there any more; what was sent is still told.
  removed_at timestamptz
);
create unique index notification_targets_name on notification_targets (coalesce(team_id, ''), name) where removed_at is null;
create unique index notification_targets_people on notification_targets (for_people) where for_people and removed_at is null;

-- Which kinds, of projects of which tiers, go to a target, and when. Empty lists mean all.
create table notification_routes (
  id text primary key,
  team_id text references principals (id),
  target_id text not null references notification_targets (id),
  kinds jsonb not null default '[]',
  tiers jsonb not null default '[]',
  -- Quiet hours, digest and time zone.
  schedule jsonb not null default '{}',
  created_at timestamptz not null default now(),
  created_by text not null references principals (id)
);
create index notification_routes_team on notification_routes (team_id);
create index notification_routes_target on notification_routes (target_id);

-- One thing that is told. What happens again within a while is the same, counted.
create table notifications (
  id text primary key,
  kind text not null,
  -- With the kind: what makes two of them one.
  subject text not null,
  project_id text references projects (id),
  urgent boolean not null default false,
  title text not null,
  detail text not null default '',
  -- Of the page in the portal, from its root.
  href text not null,
  data jsonb not null default '{}',
  count integer not null default 1,
  first_at timestamptz not null,
  last_at timestamptz not null,
  -- Nobody needs to act on it any more.
  closed_at timestamptz
);
create index notifications_subject on notifications (kind, subject, first_at desc);
create index notifications_age on notifications (last_at);

-- A notification in somebody's inbox.
create table inbox_items (
  principal_id text not null references principals (id),
  notification_id text not null references notifications (id) on delete cascade,
  at timestamptz not null,
  read_at timestamptz,
  primary key (principal_id, notification_id)
);
create index inbox_items_newest on inbox_items (principal_id, at desc, notification_id desc);
create index inbox_items_unread on inbox_items (principal_id, at desc) where read_at is null;
create index inbox_items_notification on inbox_items (notification_id);

create table notification_preferences (
  principal_id text primary key references principals (id),
  preferences jsonb not null,
  updated_at timestamptz not null default now()
);

-- A message that is to go to a target. Rows of one batch go as one message.
create table notification_deliveries (
  id text primary key,
  notification_id text not null references notifications (id) on delete cascade,
  target_id text not null references notification_targets (id),
  -- Whose mail it is; null for what a route sends.
  principal_id text references principals (id),
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
  batch text,
  -- The id that the message carries, the same for every try.
  message_id text not null,
  attempts integer not null default 0,
  -- When it is due, or may be taken again from a worker that died with it.
  next_at timestamptz not null,
  last_status integer,
  last_error text,
  created_at timestamptz not null,
  delivered_at timestamptz
);
create unique index notification_deliveries_once on notification_deliveries (notification_id, target_id, coalesce(principal_id, '')) where state = 'waiting';
create index notification_deliveries_due on notification_deliveries (target_id, next_at) where state = 'waiting';
create index notification_deliveries_newest on notification_deliveries (target_id, id desc);
create index notification_deliveries_ended on notification_deliveries (created_at) where state <> 'waiting';
create index notification_deliveries_batch on notification_deliveries (batch, id) where state = 'waiting' and batch is not null;
create index notification_deliveries_notification on notification_deliveries (notification_id);

-- Tokens that will expire are looked for every hour.
create index tokens_expiring on tokens (expires_at) where kind = 'api' and revoked_at is null;
