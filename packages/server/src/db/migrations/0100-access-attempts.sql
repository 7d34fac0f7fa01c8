-- What was tried of late that could be guessed: passwords, links, codes. A row is a count, and worth nothing after `until`.
-- Keys are digests: they tell neither an address nor a name that somebody mistyped.

create table access_attempts (
  key text primary key,
  count integer not null,
  until timestamptz not null
);
create index access_attempts_until on access_attempts (until);
