-- What the machine of a runner has, so that a spec that asks for more is told before it runs. Null: a runner of before.
alter table runners add column cpus int;
alter table runners add column pythons jsonb;
