-- Searches look up values within an experiment and give the newest runs first, so what a run logged carries both: an
-- index then has the matches of a value in the order that they are wanted in.
alter table latest_metrics add column experiment_id bigint, add column start_time timestamptz;
alter table tracked_params add column experiment_id bigint, add column start_time timestamptz;
alter table tracked_tags add column experiment_id bigint, add column start_time timestamptz;
alter table tracked_inputs add column experiment_id bigint, add column start_time timestamptz;

update latest_metrics t set experiment_id = r.experiment_id, start_time = r.start_time from tracked_runs r where r.run_id = t.run_id;
update tracked_params t set experiment_id = r.experiment_id, start_time = r.start_time from tracked_runs r where r.run_id = t.run_id;
update tracked_tags t set experiment_id = r.experiment_id, start_time = r.start_time from tracked_runs r where r.run_id = t.run_id;
update tracked_inputs t set experiment_id = r.experiment_id, start_time = r.start_time from tracked_runs r where r.run_id = t.run_id;

-- The statements that log give both themselves, which costs less; nobody else has to know.
create function place_in_experiment() returns trigger language plpgsql as $$
begin
  select r.experiment_id, r.start_time into new.experiment_id, new.start_time from tracked_runs r where r.run_id = new.run_id;
  return new;
end $$;
create trigger latest_metrics_place before insert on latest_metrics for each row
  when (new.experiment_id is null) execute function place_in_experiment();
create trigger tracked_params_place before insert on tracked_params for each row
  when (new.experiment_id is null) execute function place_in_experiment();
create trigger tracked_tags_place before insert on tracked_tags for each row
  when (new.experiment_id is null) execute function place_in_experiment();
create trigger tracked_inputs_place before insert on tracked_inputs for each row
  when (new.experiment_id is null) execute function place_in_experiment();

create index latest_metrics_value on latest_metrics (experiment_id, key, value, start_time desc, run_id);
-- Values may be longer than an index takes, so it has their beginnings; by bytes, so that patterns find theirs. As columns,
-- because what an index computes is not read from it alone.
alter table tracked_params add column head text collate "C" not null generated always as ("left"(value, 64)) stored;
alter table tracked_tags add column head text collate "C" not null generated always as ("left"(value, 64)) stored;
create index tracked_params_value on tracked_params (experiment_id, key, head, start_time desc, run_id);
create index tracked_tags_value on tracked_tags (experiment_id, key, head, start_time desc, run_id);
create index tracked_inputs_dataset on tracked_inputs (dataset_id, start_time desc, run_id);

drop index tracked_runs_experiment;
create index tracked_runs_experiment on tracked_runs (experiment_id, start_time desc, run_id);
create index tracked_runs_status on tracked_runs (experiment_id, status, start_time desc, run_id);
create index tracked_runs_name on tracked_runs (experiment_id, ("left"(name, 64) collate "C"), start_time desc, run_id);

-- A run that is copied again from elsewhere may begin at another time than before.
create function move_in_experiment() returns trigger language plpgsql as $$
begin
  update latest_metrics set experiment_id = new.experiment_id, start_time = new.start_time where run_id = new.run_id;
  update tracked_params set experiment_id = new.experiment_id, start_time = new.start_time where run_id = new.run_id;
  update tracked_tags set experiment_id = new.experiment_id, start_time = new.start_time where run_id = new.run_id;
  update tracked_inputs set experiment_id = new.experiment_id, start_time = new.start_time where run_id = new.run_id;
  return null;
end $$;
create trigger tracked_runs_move after update of experiment_id, start_time on tracked_runs for each row
  when ((old.experiment_id, old.start_time) is distinct from (new.experiment_id, new.start_time))
  execute function move_in_experiment();
