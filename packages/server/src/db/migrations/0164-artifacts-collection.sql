-- When these bytes were last brought or asked for: a day from then they are nobody's to remove, so that whoever was told
-- that they are here can still name them.
alter table blobs add column touched_at timestamptz not null default now();

-- Since when a thing is deleted; it is kept for a while, and can be restored until it is removed.
alter table experiments add column deleted_at timestamptz;
alter table tracked_runs add column deleted_at timestamptz;
alter table logged_models add column deleted_at timestamptz;
update experiments set deleted_at = now() where lifecycle_stage = 'deleted';
update tracked_runs set deleted_at = now() where lifecycle_stage = 'deleted';
update logged_models set deleted_at = now() where lifecycle_stage = 'deleted';
create index experiments_deleted on experiments (deleted_at) where deleted_at is not null;
create index tracked_runs_deleted on tracked_runs (deleted_at) where deleted_at is not null;
create index logged_models_deleted on logged_models (deleted_at) where deleted_at is not null;

-- The files of a model version that was deleted.
alter table artifacts add column deleted_at timestamptz;
create index artifacts_deleted on artifacts (deleted_at) where deleted_at is not null;

-- Files are found by what they hold where bytes are looked through.
create index tracked_files_digest on tracked_files (digest);

-- Uploads in parts, straight to the store by addresses that it signed. Nothing of one counts before it has been ended
-- and hashed; `digest` is what it was found to be, so that ending it once more changes nothing.
create table multipart_uploads (
  id text primary key,
  root text not null,
  path text not null,
  store text not null,
  key text not null,
  upload_id text not null,
  principal_id text not null,
  begun_at timestamptz not null,
  digest text
);
create index multipart_uploads_begun on multipart_uploads (begun_at);
