-- How people come in: passwords, accounts at an OpenID provider, invitations; and what each session came from.

create table passwords (
  principal_id text primary key references principals (id),
  -- argon2id, in the PHC string format with its parameters
  hash text not null,
  changed_at timestamptz not null
);

-- An account at an OpenID provider, and whom it signs in here.
create table identities (
  issuer text not null,
  subject text not null,
  principal_id text not null references principals (id),
  email text,
  created_at timestamptz not null,
  signed_in_at timestamptz not null,
  primary key (issuer, subject)
);
create index identities_principal on identities (principal_id);

-- Beside tokens of kind session: how and from where somebody signed in. Issuer, subject and sid are the provider's.
create table sessions (
  token_id text primary key references tokens (id) on delete cascade,
  method text not null check (method in ('link', 'invitation', 'password', 'oidc', 'device')),
  address text not null,
  user_agent text not null,
  issuer text,
  subject text,
  sid text
);
create index sessions_subject on sessions (issuer, subject) where issuer is not null;

-- A person who is to come: the principal is made when the invitation is accepted.
create table invitations (
  id text primary key,
  email text not null,
  name text not null,
  teams jsonb not null,
  roles jsonb not null,
  platform_admin boolean not null,
  sha256 text not null unique,
  invited_by text not null references principals (id),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  accepted_by text references principals (id),
  cancelled_at timestamptz
);
create unique index invitations_open on invitations (email) where accepted_at is null and cancelled_at is null;

-- Sign-ins that stand at the provider now; digests only: what they are checked with lies in the browser's cookie.
create table oidc_sign_ins (
  state text primary key,
  browser text not null,
  return_to text not null,
  expires_at timestamptz not null
);

-- Logout tokens that were taken, so that none is taken twice.
create table oidc_logouts (
  jti text primary key,
  expires_at timestamptz not null
);

-- What a provider's groups give is told apart from what people gave by hand, and follows the groups at each sign-in.
alter table team_members
  add column by_hand boolean not null default true,
  add column by_group boolean not null default false,
  add constraint team_members_source check (by_hand or by_group);
alter table principals add column admin_by_group boolean not null default false;
create table project_members_by_group (
  project_id text not null references projects (id),
  principal_id text not null references principals (id),
  role text not null check (role in ('viewer', 'developer', 'reviewer', 'admin')),
  primary key (project_id, principal_id)
);
create index project_members_by_group_principal on project_members_by_group (principal_id);
