-- What was resolved and what was told are found by their age, to be forgotten.
create index alerts_resolved on alerts (resolved_at) where state = 'resolved';
create index webhook_deliveries_ended on webhook_deliveries (created_at) where state <> 'waiting';
