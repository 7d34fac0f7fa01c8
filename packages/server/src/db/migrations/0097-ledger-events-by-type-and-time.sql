-- Activity is looked for by what a type begins with, and by time.
create index ledger_events_type on ledger_events (type collate "C", time);
create index ledger_events_time on ledger_events (time, seq);
