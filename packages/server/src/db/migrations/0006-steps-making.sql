-- Whether a step makes the same right now is asked of every step that starts, while a thousand others run.
create index steps_making on steps (cache_key) where state = 'running';
