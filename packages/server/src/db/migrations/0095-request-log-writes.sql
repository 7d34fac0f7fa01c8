-- Files of the request log that are being written: told before the store has a byte, gone with the transaction that keeps
-- the file. What a kill left between is removed by them.
create table request_log_writes (
  key text primary key,
  store text not null,
  begun_at timestamptz not null
);
create index request_log_writes_begun on request_log_writes (begun_at);
