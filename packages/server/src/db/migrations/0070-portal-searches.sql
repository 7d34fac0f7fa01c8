-- What the portal looks things up by: the pipeline's run of a tracked run, the versions that a run made, who did what.
create index runs_tracked on runs (tracked_run_id);
create index model_versions_tracked_run on model_versions (tracked_run_id) where tracked_run_id is not null;
create index ledger_events_principal on ledger_events (principal_id, seq desc);
