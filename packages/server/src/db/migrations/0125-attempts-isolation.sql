-- What kept an attempt apart and within its bounds, as the runner that started it tells; and what a runner's machine can.
alter table attempts add column isolation jsonb;
alter table runners add column bounds jsonb;
