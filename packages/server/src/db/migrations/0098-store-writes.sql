-- Whatever is being written to the artifact store is told before, blobs as well as files of the request log.
-- min-code: 98
alter table request_log_writes rename to store_writes;
alter table store_writes rename constraint request_log_writes_pkey to store_writes_pkey;
alter index request_log_writes_begun rename to store_writes_begun;
