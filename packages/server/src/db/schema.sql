-- Written by scripts/dump-schema.ts from the migrations. Do not edit.

create table access_attempts (
  key text not null,
  count integer not null,
  until timestamp with time zone not null,
  constraint access_attempts_pkey PRIMARY KEY (key)
);
CREATE INDEX access_attempts_until ON access_attempts USING btree (until);

create table alerts (
  id text not null,
  project_id text not null,
  number bigint not null,
  deployment_id text not null,
  release_id text,
  key text not null,
  kind text not null,
  severity text not null,
  state text not null,
  title text not null,
  reason text not null,
  fix text not null,
  details jsonb not null default '{}'::jsonb,
  occurrences integer not null default 1,
  opened_at timestamp with time zone not null,
  seen_at timestamp with time zone not null,
  acknowledged_at timestamp with time zone,
  acknowledged_by text,
  comment text not null default ''::text,
  resolved_at timestamp with time zone,
  resolution text not null default ''::text,
  constraint alerts_pkey PRIMARY KEY (id),
  constraint alerts_project_id_number_key UNIQUE (project_id, number),
  constraint alerts_acknowledged_by_fkey FOREIGN KEY (acknowledged_by) REFERENCES principals(id),
  constraint alerts_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES deployments(id) ON DELETE CASCADE,
  constraint alerts_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
  constraint alerts_kind_check CHECK (kind = ANY (ARRAY['inputs'::text, 'predictions'::text, 'availability'::text, 'latency'::text])),
  constraint alerts_severity_check CHECK (severity = ANY (ARRAY['page'::text, 'ticket'::text])),
  constraint alerts_state_check CHECK (state = ANY (ARRAY['open'::text, 'acknowledged'::text, 'resolved'::text]))
);
CREATE INDEX alerts_project ON alerts USING btree (project_id, opened_at DESC);
CREATE INDEX alerts_resolved ON alerts USING btree (resolved_at) WHERE state = 'resolved'::text;
CREATE UNIQUE INDEX alerts_unresolved ON alerts USING btree (key) WHERE state <> 'resolved'::text;

create table approvals (
  id text not null,
  plan_id text not null,
  principal_id text not null,
  decision text not null,
  comment text not null default ''::text,
  plan_hash text not null,
  carried_over boolean not null default false,
  at timestamp with time zone not null default now(),
  constraint approvals_pkey PRIMARY KEY (id),
  constraint approvals_plan_id_principal_id_key UNIQUE (plan_id, principal_id),
  constraint approvals_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES plans(id),
  constraint approvals_principal_id_fkey FOREIGN KEY (principal_id) REFERENCES principals(id),
  constraint approvals_decision_check CHECK (decision = ANY (ARRAY['approved'::text, 'rejected'::text]))
);

create table artifacts (
  id text not null,
  digest text not null,
  project_id text not null,
  type text not null,
  format text,
  name text not null,
  files jsonb not null,
  bytes bigint not null,
  metadata jsonb not null default '{}'::jsonb,
  attempt_id text,
  created_at timestamp with time zone not null default now(),
  deleted_at timestamp with time zone,
  constraint artifacts_pkey PRIMARY KEY (id),
  constraint artifacts_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
  constraint artifacts_type_check CHECK (type = ANY (ARRAY['dataset'::text, 'model'::text, 'metrics'::text, 'report'::text, 'artifact'::text]))
);
CREATE INDEX artifacts_attempt ON artifacts USING btree (attempt_id);
CREATE INDEX artifacts_deleted ON artifacts USING btree (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX artifacts_digest ON artifacts USING btree (digest);

create table attempt_logs (
  attempt_id text not null,
  log_offset bigint not null,
  time timestamp with time zone not null,
  stream text not null,
  text text not null,
  constraint attempt_logs_pkey PRIMARY KEY (attempt_id, log_offset)
);

create table attempt_secrets (
  attempt_id text not null,
  secret_id text not null,
  name text not null,
  version integer not null,
  taken_at timestamp with time zone not null,
  constraint attempt_secrets_pkey PRIMARY KEY (attempt_id, secret_id)
);

create table attempts (
  id text not null,
  step_id text not null,
  number integer not null,
  state text not null,
  reason text,
  message text,
  exit_code integer,
  signal text,
  compute text not null default 'local'::text,
  work_id text,
  tracked_run_id text,
  token_id text,
  log_base bigint not null default 0,
  queued_at timestamp with time zone not null default now(),
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  usage jsonb,
  isolation jsonb,
  constraint attempts_pkey PRIMARY KEY (id),
  constraint attempts_step_id_number_key UNIQUE (step_id, number),
  constraint attempts_step_id_fkey FOREIGN KEY (step_id) REFERENCES steps(id),
  constraint attempts_state_check CHECK (state = ANY (ARRAY['queued'::text, 'running'::text, 'succeeded'::text, 'failed'::text, 'cancelled'::text]))
);
CREATE UNIQUE INDEX attempts_token ON attempts USING btree (token_id) WHERE token_id IS NOT NULL;
CREATE INDEX attempts_tracked_run ON attempts USING btree (tracked_run_id) WHERE tracked_run_id IS NOT NULL;

create table backup_checks (
  id text not null,
  backup_id text not null,
  kind text not null,
  cause text not null,
  state text not null,
  progress jsonb,
  findings jsonb not null default '[]'::jsonb,
  error jsonb,
  created_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  constraint backup_checks_pkey PRIMARY KEY (id),
  constraint backup_checks_backup_id_fkey FOREIGN KEY (backup_id) REFERENCES backups(id),
  constraint backup_checks_cause_check CHECK (cause = ANY (ARRAY['manual'::text, 'scheduled'::text])),
  constraint backup_checks_kind_check CHECK (kind = ANY (ARRAY['verify'::text, 'drill'::text])),
  constraint backup_checks_state_check CHECK (state = ANY (ARRAY['requested'::text, 'running'::text, 'passed'::text, 'failed'::text]))
);
CREATE INDEX backup_checks_backup ON backup_checks USING btree (backup_id, created_at DESC);

create table backups (
  id text not null,
  kind text not null,
  state text not null,
  requested_by text,
  progress jsonb,
  error jsonb,
  summary jsonb,
  created_at timestamp with time zone not null,
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  constraint backups_pkey PRIMARY KEY (id),
  constraint backups_kind_check CHECK (kind = ANY (ARRAY['manual'::text, 'scheduled'::text, 'found'::text])),
  constraint backups_state_check CHECK (state = ANY (ARRAY['requested'::text, 'running'::text, 'succeeded'::text, 'failed'::text, 'removing'::text, 'removed'::text]))
);
CREATE INDEX backups_created ON backups USING btree (created_at DESC);

create table blob_holders (
  digest text not null,
  holder_id text not null,
  constraint blob_holders_pkey PRIMARY KEY (holder_id, digest)
);

create table blobs (
  digest text not null,
  store text not null default 'folder'::text,
  key text not null,
  size bigint not null,
  verified_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  touched_at timestamp with time zone not null default now(),
  constraint blobs_pkey PRIMARY KEY (digest)
);

create table collection_marks (
  digest text not null,
  constraint collection_marks_pkey PRIMARY KEY (digest)
);

create table collections (
  id text not null,
  kind text not null,
  state text not null,
  requested_by text,
  progress text,
  found jsonb,
  removed jsonb,
  error jsonb,
  created_at timestamp with time zone not null,
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  constraint collections_pkey PRIMARY KEY (id),
  constraint collections_kind_check CHECK (kind = ANY (ARRAY['dry-run'::text, 'manual'::text, 'scheduled'::text])),
  constraint collections_state_check CHECK (state = ANY (ARRAY['requested'::text, 'running'::text, 'succeeded'::text, 'failed'::text]))
);
CREATE INDEX collections_created ON collections USING btree (created_at);

create table comment_versions (
  comment_id text not null,
  number integer not null,
  text text not null,
  until timestamp with time zone not null,
  constraint comment_versions_pkey PRIMARY KEY (comment_id, number),
  constraint comment_versions_comment_id_fkey FOREIGN KEY (comment_id) REFERENCES comments(id)
);

create table comments (
  id text not null,
  project_id text not null,
  subject text not null,
  reply_to text,
  text text not null,
  author text not null,
  mentioned jsonb not null default '[]'::jsonb,
  created_at timestamp with time zone not null,
  edited_at timestamp with time zone,
  deleted_at timestamp with time zone,
  resolved_at timestamp with time zone,
  resolved_by text,
  constraint comments_pkey PRIMARY KEY (id),
  constraint comments_author_fkey FOREIGN KEY (author) REFERENCES principals(id),
  constraint comments_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
  constraint comments_reply_to_fkey FOREIGN KEY (reply_to) REFERENCES comments(id),
  constraint comments_resolved_by_fkey FOREIGN KEY (resolved_by) REFERENCES principals(id)
);
CREATE INDEX comments_subject ON comments USING btree (project_id, subject, created_at);

create table components (
  digest text not null,
  name text not null,
  version text not null,
  spec jsonb not null,
  files jsonb not null,
  source text not null,
  validated_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  constraint components_pkey PRIMARY KEY (digest)
);
CREATE INDEX components_name ON components USING btree (name, version);

create table connections (
  id text not null,
  project_id text not null,
  name text not null,
  environment text,
  type text not null,
  settings jsonb not null,
  sealed jsonb,
  version integer not null,
  created_by text not null,
  created_at timestamp with time zone not null,
  updated_by text not null,
  updated_at timestamp with time zone not null,
  last_used_at timestamp with time zone,
  last_used_run integer,
  constraint connections_pkey PRIMARY KEY (id),
  constraint connections_project_id_name_environment_key UNIQUE NULLS NOT DISTINCT (project_id, name, environment),
  constraint connections_created_by_fkey FOREIGN KEY (created_by) REFERENCES principals(id),
  constraint connections_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
  constraint connections_updated_by_fkey FOREIGN KEY (updated_by) REFERENCES principals(id),
  constraint connections_type_check CHECK (type = ANY (ARRAY['postgres'::text, 'mysql'::text, 's3'::text, 'http'::text]))
);

create table contradictions (
  deployment_id text not null,
  prediction_id uuid not null,
  row_number integer not null,
  found text not null,
  kept text not null,
  received_at timestamp with time zone not null,
  constraint contradictions_pkey PRIMARY KEY (deployment_id, prediction_id, row_number, found)
);
CREATE INDEX contradictions_received ON contradictions USING btree (deployment_id, received_at);

create table dataset_versions (
  id text not null,
  project_id text not null,
  artifact_id text not null,
  connection text not null,
  environment text,
  type text not null,
  query text,
  path text,
  version text,
  etag text,
  digest text not null,
  rows bigint not null,
  columns jsonb not null,
  run integer not null,
  step text not null,
  port text not null,
  read_at timestamp with time zone not null,
  constraint dataset_versions_pkey PRIMARY KEY (id),
  constraint dataset_versions_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id)
);
CREATE INDEX dataset_versions_artifact ON dataset_versions USING btree (artifact_id);

create table deployments (
  id text not null,
  project_id text not null,
  environment text not null,
  name text not null,
  kind text not null default 'online'::text,
  active_release_id text,
  serving jsonb not null default '{}'::jsonb,
  last_release bigint not null default 0,
  version bigint not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint deployments_pkey PRIMARY KEY (id),
  constraint deployments_project_id_environment_name_key UNIQUE (project_id, environment, name),
  constraint deployments_environment_fkey FOREIGN KEY (environment) REFERENCES environments(name),
  constraint deployments_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id)
);

create table environments (
  name text not null,
  spec jsonb not null,
  source text not null,
  version bigint not null default 1,
  updated_at timestamp with time zone not null default now(),
  updated_by text not null,
  constraint environments_pkey PRIMARY KEY (name)
);

create table evaluations (
  id text not null,
  project_id text not null,
  model text not null,
  model_version bigint not null,
  model_digest text not null,
  test_digest text not null,
  component text not null,
  run_id text,
  state text not null,
  metrics jsonb not null default '{}'::jsonb,
  message text,
  created_at timestamp with time zone not null default now(),
  finished_at timestamp with time zone,
  constraint evaluations_pkey PRIMARY KEY (id),
  constraint evaluations_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
  constraint evaluations_run_id_fkey FOREIGN KEY (run_id) REFERENCES runs(id),
  constraint evaluations_state_check CHECK (state = ANY (ARRAY['running'::text, 'succeeded'::text, 'failed'::text]))
);
CREATE INDEX evaluations_run ON evaluations USING btree (run_id);
CREATE UNIQUE INDEX evaluations_wanted ON evaluations USING btree (model_digest, test_digest, component) WHERE state <> 'failed'::text;

create table experiment_tags (
  experiment_id bigint not null,
  key text not null,
  value text not null,
  constraint experiment_tags_pkey PRIMARY KEY (experiment_id, key),
  constraint experiment_tags_experiment_id_fkey FOREIGN KEY (experiment_id) REFERENCES experiments(id)
);

create table experiments (
  id bigint not null generated by default as identity,
  name text not null,
  project_id text not null,
  artifact_location text not null,
  lifecycle_stage text not null default 'active'::text,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  deleted_at timestamp with time zone,
  constraint experiments_pkey PRIMARY KEY (id),
  constraint experiments_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id)
);
CREATE INDEX experiments_deleted ON experiments USING btree (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE UNIQUE INDEX experiments_name ON experiments USING btree (project_id, name);

create table gateway_config (
  only_one boolean not null default true,
  version bigint not null default 1,
  keys_digest text not null default ''::text,
  constraint gateway_config_pkey PRIMARY KEY (only_one),
  constraint gateway_config_only_one_check CHECK (only_one)
);

create table gateway_windows (
  window_id text not null,
  received_at timestamp with time zone not null default now(),
  constraint gateway_windows_pkey PRIMARY KEY (window_id)
);
CREATE INDEX gateway_windows_received ON gateway_windows USING btree (received_at);

create table gateways (
  id text not null,
  started_at timestamp with time zone not null,
  sequence bigint not null default 0,
  config_version bigint not null default 0,
  releases jsonb not null default '[]'::jsonb,
  last_seen_at timestamp with time zone not null default now(),
  constraint gateways_pkey PRIMARY KEY (id)
);

create table identities (
  issuer text not null,
  subject text not null,
  principal_id text not null,
  email text,
  created_at timestamp with time zone not null,
  signed_in_at timestamp with time zone not null,
  constraint identities_pkey PRIMARY KEY (issuer, subject),
  constraint identities_principal_id_fkey FOREIGN KEY (principal_id) REFERENCES principals(id)
);
CREATE INDEX identities_principal ON identities USING btree (principal_id);

create table imported_items (
  project_id text not null,
  kind text not null,
  key text not null,
  import_id text not null,
  state text not null,
  digest text not null default ''::text,
  target bigint,
  updated_at timestamp with time zone not null,
  constraint imported_items_pkey PRIMARY KEY (project_id, kind, key),
  constraint imported_items_import_id_fkey FOREIGN KEY (import_id) REFERENCES imports(id),
  constraint imported_items_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
  constraint imported_items_kind_check CHECK (kind = ANY (ARRAY['experiment'::text, 'run'::text, 'logged-model'::text, 'model'::text, 'model-version'::text])),
  constraint imported_items_state_check CHECK (state = ANY (ARRAY['begun'::text, 'copied'::text, 'finished'::text]))
);

create table imports (
  id text not null,
  project_id text not null,
  source text not null,
  source_version text not null,
  state text not null default 'running'::text,
  principal_id text not null,
  started_at timestamp with time zone not null,
  last_at timestamp with time zone not null,
  report jsonb,
  constraint imports_pkey PRIMARY KEY (id),
  constraint imports_principal_id_fkey FOREIGN KEY (principal_id) REFERENCES principals(id),
  constraint imports_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
  constraint imports_state_check CHECK (state = ANY (ARRAY['running'::text, 'done'::text, 'stopped'::text]))
);
CREATE INDEX imports_project ON imports USING btree (project_id, started_at DESC);

create table inbox_items (
  principal_id text not null,
  notification_id text not null,
  at timestamp with time zone not null,
  read_at timestamp with time zone,
  constraint inbox_items_pkey PRIMARY KEY (principal_id, notification_id),
  constraint inbox_items_notification_id_fkey FOREIGN KEY (notification_id) REFERENCES notifications(id) ON DELETE CASCADE,
  constraint inbox_items_principal_id_fkey FOREIGN KEY (principal_id) REFERENCES principals(id)
);
CREATE INDEX inbox_items_newest ON inbox_items USING btree (principal_id, at DESC, notification_id DESC);
CREATE INDEX inbox_items_notification ON inbox_items USING btree (notification_id);
CREATE INDEX inbox_items_unread ON inbox_items USING btree (principal_id, at DESC) WHERE read_at IS NULL;

create table invitations (
  id text not null,
  email text not null,
  name text not null,
  teams jsonb not null,
  roles jsonb not null,
  platform_admin boolean not null,
  sha256 text not null,
  invited_by text not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  accepted_at timestamp with time zone,
  accepted_by text,
  cancelled_at timestamp with time zone,
  constraint invitations_pkey PRIMARY KEY (id),
  constraint invitations_sha256_key UNIQUE (sha256),
  constraint invitations_accepted_by_fkey FOREIGN KEY (accepted_by) REFERENCES principals(id),
  constraint invitations_invited_by_fkey FOREIGN KEY (invited_by) REFERENCES principals(id)
);
CREATE UNIQUE INDEX invitations_open ON invitations USING btree (email) WHERE accepted_at IS NULL AND cancelled_at IS NULL;

create table label_counts (
  deployment_id text not null,
  day date not null,
  counts jsonb not null,
  constraint label_counts_pkey PRIMARY KEY (deployment_id, day)
);

create table latest_metrics (
  run_id text not null,
  key text not null,
  value double precision not null,
  step bigint not null,
  time timestamp with time zone not null,
  experiment_id bigint,
  start_time timestamp with time zone,
  constraint latest_metrics_pkey PRIMARY KEY (run_id, key),
  constraint latest_metrics_run_id_fkey FOREIGN KEY (run_id) REFERENCES tracked_runs(run_id)
);
CREATE INDEX latest_metrics_value ON latest_metrics USING btree (experiment_id, key, value, start_time DESC, run_id);
CREATE TRIGGER latest_metrics_place BEFORE INSERT ON latest_metrics FOR EACH ROW WHEN (new.experiment_id IS NULL) EXECUTE FUNCTION place_in_experiment();

create table leases (
  name text not null,
  holder text not null,
  fence bigint not null default 1,
  until timestamp with time zone not null,
  constraint leases_pkey PRIMARY KEY (name)
);

create table ledger_checkpoints (
  position bigint not null,
  hash text not null,
  time timestamp with time zone not null,
  key_id text not null,
  signature text not null,
  exported_at timestamp with time zone,
  constraint ledger_checkpoints_pkey PRIMARY KEY ("position")
);

create table ledger_events (
  id text not null,
  xid xid8 not null default pg_current_xact_id(),
  seq bigint not null generated always as identity,
  time timestamp with time zone not null default clock_timestamp(),
  type text not null,
  principal_id text not null,
  principal_kind text not null,
  principal_name text not null,
  actor_kind text not null,
  team_id text,
  project_id text,
  template text,
  revision_id text,
  subject_type text not null,
  subject_id text not null,
  cause_id text,
  correlation_id text,
  plan_hash text,
  result text not null default 'ok'::text,
  data jsonb not null default '{}'::jsonb,
  constraint ledger_events_pkey PRIMARY KEY (id),
  constraint ledger_events_actor_kind_check CHECK (actor_kind = ANY (ARRAY['person'::text, 'agent'::text, 'schedule'::text, 'alert'::text, 'system'::text]))
);
CREATE INDEX ledger_events_principal ON ledger_events USING btree (principal_id, seq DESC);
CREATE INDEX ledger_events_project ON ledger_events USING btree (project_id, seq DESC);
CREATE INDEX ledger_events_seq ON ledger_events USING btree (seq DESC);
CREATE INDEX ledger_events_subject ON ledger_events USING btree (subject_type, subject_id, seq);
CREATE INDEX ledger_events_time ON ledger_events USING btree ("time", seq);
CREATE INDEX ledger_events_type ON ledger_events USING btree (type COLLATE "C", "time");
CREATE INDEX ledger_events_unsealed ON ledger_events USING btree (xid, seq);

create table ledger_seals (
  position bigint not null,
  event_id text not null,
  previous_hash text not null,
  hash text not null,
  sealed_at timestamp with time zone not null default now(),
  constraint ledger_seals_pkey PRIMARY KEY ("position"),
  constraint ledger_seals_event_id_key UNIQUE (event_id),
  constraint ledger_seals_event_id_fkey FOREIGN KEY (event_id) REFERENCES ledger_events(id)
);

create table log_parts (
  part text not null,
  received_at timestamp with time zone not null default now(),
  constraint log_parts_pkey PRIMARY KEY (part)
);
CREATE INDEX log_parts_received ON log_parts USING btree (received_at);

create table logged_model_metrics (
  model_id text not null,
  key text not null,
  run_id text not null,
  dataset_name text not null default ''::text,
  dataset_digest text not null default ''::text,
  value double precision not null,
  step bigint not null,
  time timestamp with time zone not null,
  constraint logged_model_metrics_pkey PRIMARY KEY (model_id, key, run_id, dataset_name, dataset_digest),
  constraint logged_model_metrics_model_id_fkey FOREIGN KEY (model_id) REFERENCES logged_models(model_id),
  constraint logged_model_metrics_run_id_fkey FOREIGN KEY (run_id) REFERENCES tracked_runs(run_id)
);
CREATE INDEX logged_model_metrics_run ON logged_model_metrics USING btree (run_id);

create table logged_model_params (
  model_id text not null,
  key text not null,
  value text not null,
  constraint logged_model_params_pkey PRIMARY KEY (model_id, key),
  constraint logged_model_params_model_id_fkey FOREIGN KEY (model_id) REFERENCES logged_models(model_id)
);

create table logged_model_tags (
  model_id text not null,
  key text not null,
  value text not null,
  constraint logged_model_tags_pkey PRIMARY KEY (model_id, key),
  constraint logged_model_tags_model_id_fkey FOREIGN KEY (model_id) REFERENCES logged_models(model_id)
);

create table logged_models (
  model_id text not null,
  experiment_id bigint not null,
  name text not null,
  model_type text not null default ''::text,
  status text not null default 'PENDING'::text,
  status_message text not null default ''::text,
  lifecycle_stage text not null default 'active'::text,
  source_run_id text,
  attempt_run_id text,
  artifact_uri text not null,
  principal_id text not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  deleted_at timestamp with time zone,
  constraint logged_models_pkey PRIMARY KEY (model_id),
  constraint logged_models_attempt_run_id_fkey FOREIGN KEY (attempt_run_id) REFERENCES tracked_runs(run_id),
  constraint logged_models_experiment_id_fkey FOREIGN KEY (experiment_id) REFERENCES experiments(id),
  constraint logged_models_principal_id_fkey FOREIGN KEY (principal_id) REFERENCES principals(id),
  constraint logged_models_source_run_id_fkey FOREIGN KEY (source_run_id) REFERENCES tracked_runs(run_id),
  constraint logged_models_lifecycle_stage_check CHECK (lifecycle_stage = ANY (ARRAY['active'::text, 'deleted'::text, 'importing'::text])),
  constraint logged_models_model_id_check CHECK (model_id ~ '^m-[0-9a-f]{32}$'::text),
  constraint logged_models_status_check CHECK (status = ANY (ARRAY['PENDING'::text, 'READY'::text, 'UPLOAD_FAILED'::text]))
);
CREATE INDEX logged_models_attempt ON logged_models USING btree (attempt_run_id) WHERE attempt_run_id IS NOT NULL;
CREATE INDEX logged_models_deleted ON logged_models USING btree (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX logged_models_experiment ON logged_models USING btree (experiment_id, created_at DESC);
CREATE INDEX logged_models_name ON logged_models USING btree (experiment_id, name);
CREATE INDEX logged_models_run ON logged_models USING btree (source_run_id);

create table logged_releases (
  release_id text not null,
  deployment_id text not null,
  model_version text not null,
  answers jsonb not null,
  at timestamp with time zone not null default now(),
  constraint logged_releases_pkey PRIMARY KEY (release_id)
);
CREATE INDEX logged_releases_deployment ON logged_releases USING btree (deployment_id);

create table metric_points (
  run_id text not null,
  key text not null,
  step bigint not null default 0,
  time timestamp with time zone not null,
  value double precision not null
) partition by HASH (run_id);
CREATE UNIQUE INDEX metric_points_unique ON ONLY metric_points USING btree (run_id, key, step, "time", value);

create table metric_points_0 partition of metric_points FOR VALUES WITH (modulus 4, remainder 0);

create table metric_points_1 partition of metric_points FOR VALUES WITH (modulus 4, remainder 1);

create table metric_points_2 partition of metric_points FOR VALUES WITH (modulus 4, remainder 2);

create table metric_points_3 partition of metric_points FOR VALUES WITH (modulus 4, remainder 3);

create table model_aliases (
  model text not null,
  alias text not null,
  version bigint not null,
  updated_at timestamp with time zone not null default now(),
  constraint model_aliases_pkey PRIMARY KEY (model, alias),
  constraint model_aliases_model_version_fkey FOREIGN KEY (model, version) REFERENCES model_versions(model, version) ON UPDATE CASCADE
);

create table model_tags (
  model text not null,
  version bigint,
  key text not null,
  value text not null,
  constraint model_tags_model_fkey FOREIGN KEY (model) REFERENCES registered_models(name) ON UPDATE CASCADE
);
CREATE UNIQUE INDEX model_tags_unique ON model_tags USING btree (model, COALESCE(version, 0::bigint), key);

create table model_versions (
  model text not null,
  version bigint not null,
  project_id text not null,
  artifact_id text not null,
  digest text not null,
  status text not null default 'READY'::text,
  status_message text not null default ''::text,
  description text not null default ''::text,
  card text,
  source text not null,
  tracked_run_id text,
  run_id text,
  attempt_id text,
  revision_id text,
  python_environment_digest text,
  evaluation_artifact_id text,
  test_artifact_id text,
  evaluate_component text,
  metrics jsonb not null default '{}'::jsonb,
  signature jsonb,
  input_example jsonb,
  model_check jsonb,
  lineage jsonb not null default '{}'::jsonb,
  created_at timestamp with time zone not null default now(),
  created_by text not null,
  stage text not null default 'None'::text,
  run_link text not null default ''::text,
  logged_model_id text,
  updated_at timestamp with time zone not null default now(),
  check_asked_at timestamp with time zone,
  user_name text,
  constraint model_versions_pkey PRIMARY KEY (model, version),
  constraint model_versions_artifact_id_fkey FOREIGN KEY (artifact_id) REFERENCES artifacts(id),
  constraint model_versions_created_by_fkey FOREIGN KEY (created_by) REFERENCES principals(id),
  constraint model_versions_evaluation_artifact_id_fkey FOREIGN KEY (evaluation_artifact_id) REFERENCES artifacts(id),
  constraint model_versions_logged_model_id_fkey FOREIGN KEY (logged_model_id) REFERENCES logged_models(model_id),
  constraint model_versions_model_fkey FOREIGN KEY (model) REFERENCES registered_models(name) ON UPDATE CASCADE,
  constraint model_versions_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
  constraint model_versions_revision_id_fkey FOREIGN KEY (revision_id) REFERENCES revisions(id),
  constraint model_versions_test_artifact_id_fkey FOREIGN KEY (test_artifact_id) REFERENCES artifacts(id),
  constraint model_versions_stage_check CHECK (stage = ANY (ARRAY['None'::text, 'Staging'::text, 'Production'::text, 'Archived'::text]))
);
CREATE UNIQUE INDEX model_versions_attempt ON model_versions USING btree (model, attempt_id, COALESCE(evaluation_artifact_id, ''::text)) WHERE attempt_id IS NOT NULL;
CREATE INDEX model_versions_digest ON model_versions USING btree (digest);
CREATE INDEX model_versions_logged_model ON model_versions USING btree (logged_model_id) WHERE logged_model_id IS NOT NULL;
CREATE INDEX model_versions_project ON model_versions USING btree (project_id, created_at DESC);
CREATE INDEX model_versions_tracked_run ON model_versions USING btree (tracked_run_id) WHERE tracked_run_id IS NOT NULL;

create table model_webhook_deliveries (
  id text not null,
  webhook_id text not null,
  event text not null,
  data jsonb not null,
  state text not null default 'waiting'::text,
  attempts integer not null default 0,
  next_at timestamp with time zone not null,
  last_error text,
  created_at timestamp with time zone not null,
  constraint model_webhook_deliveries_pkey PRIMARY KEY (id),
  constraint model_webhook_deliveries_webhook_id_fkey FOREIGN KEY (webhook_id) REFERENCES model_webhooks(id) ON DELETE CASCADE,
  constraint model_webhook_deliveries_state_check CHECK (state = ANY (ARRAY['waiting'::text, 'delivered'::text, 'failed'::text]))
);
CREATE INDEX model_webhook_deliveries_due ON model_webhook_deliveries USING btree (webhook_id, next_at) WHERE state = 'waiting'::text;
CREATE INDEX model_webhook_deliveries_ended ON model_webhook_deliveries USING btree (created_at) WHERE state <> 'waiting'::text;

create table model_webhooks (
  id text not null,
  project_id text not null,
  name text not null,
  description text not null default ''::text,
  url text not null,
  events text[] not null,
  secret jsonb,
  active boolean not null,
  created_by text not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint model_webhooks_pkey PRIMARY KEY (id),
  constraint model_webhooks_created_by_fkey FOREIGN KEY (created_by) REFERENCES principals(id),
  constraint model_webhooks_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id)
);
CREATE INDEX model_webhooks_project ON model_webhooks USING btree (project_id);

create table monitor_windows (
  deployment_id text not null,
  release_id text not null,
  start timestamp with time zone not null,
  end timestamp with time zone not null,
  rows bigint not null,
  status text not null,
  reason text not null,
  constraint monitor_windows_pkey PRIMARY KEY (deployment_id, start),
  constraint monitor_windows_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES deployments(id) ON DELETE CASCADE
);
CREATE INDEX monitor_windows_end ON monitor_windows USING btree ("end");

create table monitors (
  deployment_id text not null,
  project_id text not null,
  release_id text not null,
  since timestamp with time zone not null,
  state text not null,
  reason text not null default ''::text,
  judged_from timestamp with time zone,
  judged_to timestamp with time zone,
  judgement jsonb,
  recent jsonb not null default '[]'::jsonb,
  slo jsonb,
  slo_at timestamp with time zone,
  updated_at timestamp with time zone not null default now(),
  constraint monitors_pkey PRIMARY KEY (deployment_id),
  constraint monitors_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES deployments(id) ON DELETE CASCADE,
  constraint monitors_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
  constraint monitors_state_check CHECK (state = ANY (ARRAY['ok'::text, 'watch'::text, 'drift'::text, 'too-few-rows'::text, 'no-reference'::text]))
);
CREATE INDEX monitors_project ON monitors USING btree (project_id);

create table multipart_uploads (
  id text not null,
  root text not null,
  path text not null,
  store text not null,
  key text not null,
  upload_id text not null,
  principal_id text not null,
  begun_at timestamp with time zone not null,
  digest text,
  constraint multipart_uploads_pkey PRIMARY KEY (id)
);
CREATE INDEX multipart_uploads_begun ON multipart_uploads USING btree (begun_at);

create table notification_deliveries (
  id text not null,
  notification_id text not null,
  target_id text not null,
  principal_id text,
  state text not null default 'waiting'::text,
  batch text,
  message_id text not null,
  attempts integer not null default 0,
  next_at timestamp with time zone not null,
  last_status integer,
  last_error text,
  created_at timestamp with time zone not null,
  delivered_at timestamp with time zone,
  constraint notification_deliveries_pkey PRIMARY KEY (id),
  constraint notification_deliveries_notification_id_fkey FOREIGN KEY (notification_id) REFERENCES notifications(id) ON DELETE CASCADE,
  constraint notification_deliveries_principal_id_fkey FOREIGN KEY (principal_id) REFERENCES principals(id),
  constraint notification_deliveries_target_id_fkey FOREIGN KEY (target_id) REFERENCES notification_targets(id),
  constraint notification_deliveries_state_check CHECK (state = ANY (ARRAY['waiting'::text, 'delivered'::text, 'failed'::text]))
);
CREATE INDEX notification_deliveries_batch ON notification_deliveries USING btree (batch, id) WHERE state = 'waiting'::text AND batch IS NOT NULL;
CREATE INDEX notification_deliveries_due ON notification_deliveries USING btree (target_id, next_at) WHERE state = 'waiting'::text;
CREATE INDEX notification_deliveries_ended ON notification_deliveries USING btree (created_at) WHERE state <> 'waiting'::text;
CREATE INDEX notification_deliveries_newest ON notification_deliveries USING btree (target_id, id DESC);
CREATE INDEX notification_deliveries_notification ON notification_deliveries USING btree (notification_id);
CREATE UNIQUE INDEX notification_deliveries_once ON notification_deliveries USING btree (notification_id, target_id, COALESCE(principal_id, ''::text)) WHERE state = 'waiting'::text;

create table notification_preferences (
  principal_id text not null,
  preferences jsonb not null,
  updated_at timestamp with time zone not null default now(),
  constraint notification_preferences_pkey PRIMARY KEY (principal_id),
  constraint notification_preferences_principal_id_fkey FOREIGN KEY (principal_id) REFERENCES principals(id)
);

create table notification_routes (
  id text not null,
  team_id text,
  target_id text not null,
  kinds jsonb not null default '[]'::jsonb,
  tiers jsonb not null default '[]'::jsonb,
  schedule jsonb not null default '{}'::jsonb,
  created_at timestamp with time zone not null default now(),
  created_by text not null,
  constraint notification_routes_pkey PRIMARY KEY (id),
  constraint notification_routes_created_by_fkey FOREIGN KEY (created_by) REFERENCES principals(id),
  constraint notification_routes_target_id_fkey FOREIGN KEY (target_id) REFERENCES notification_targets(id),
  constraint notification_routes_team_id_fkey FOREIGN KEY (team_id) REFERENCES principals(id)
);
CREATE INDEX notification_routes_target ON notification_routes USING btree (target_id);
CREATE INDEX notification_routes_team ON notification_routes USING btree (team_id);

create table notification_targets (
  id text not null,
  team_id text,
  name text not null,
  kind text not null,
  settings jsonb not null default '{}'::jsonb,
  secret jsonb,
  for_people boolean not null default false,
  created_at timestamp with time zone not null default now(),
  created_by text not null,
  removed_at timestamp with time zone,
  constraint notification_targets_pkey PRIMARY KEY (id),
  constraint notification_targets_created_by_fkey FOREIGN KEY (created_by) REFERENCES principals(id),
  constraint notification_targets_team_id_fkey FOREIGN KEY (team_id) REFERENCES principals(id),
  constraint notification_targets_kind_check CHECK (kind = ANY (ARRAY['webhook'::text, 'slack'::text, 'teams'::text, 'email'::text]))
);
CREATE UNIQUE INDEX notification_targets_name ON notification_targets USING btree (COALESCE(team_id, ''::text), name) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX notification_targets_people ON notification_targets USING btree (for_people) WHERE for_people AND removed_at IS NULL;

create table notifications (
  id text not null,
  kind text not null,
  subject text not null,
  project_id text,
  urgent boolean not null default false,
  title text not null,
  detail text not null default ''::text,
  href text not null,
  data jsonb not null default '{}'::jsonb,
  count integer not null default 1,
  first_at timestamp with time zone not null,
  last_at timestamp with time zone not null,
  closed_at timestamp with time zone,
  constraint notifications_pkey PRIMARY KEY (id),
  constraint notifications_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id)
);
CREATE INDEX notifications_age ON notifications USING btree (last_at);
CREATE INDEX notifications_subject ON notifications USING btree (kind, subject, first_at DESC);

create table oidc_logouts (
  jti text not null,
  expires_at timestamp with time zone not null,
  constraint oidc_logouts_pkey PRIMARY KEY (jti)
);

create table oidc_sign_ins (
  state text not null,
  browser text not null,
  return_to text not null,
  expires_at timestamp with time zone not null,
  constraint oidc_sign_ins_pkey PRIMARY KEY (state)
);

create table outbox_cursors (
  listener text not null,
  position bigint not null,
  constraint outbox_cursors_pkey PRIMARY KEY (listener)
);

create table outcomes (
  deployment_id text not null,
  predicted_at timestamp with time zone not null,
  prediction_id uuid not null,
  row_number integer not null,
  at timestamp with time zone not null,
  actual text not null,
  received_at timestamp with time zone not null,
  release_id text,
  score double precision,
  label text,
  constraint outcomes_pkey PRIMARY KEY (deployment_id, predicted_at, prediction_id, row_number)
) partition by RANGE (predicted_at);
CREATE INDEX outcomes_at ON ONLY outcomes USING btree (deployment_id, at) WHERE release_id IS NOT NULL;
CREATE INDEX outcomes_pending ON ONLY outcomes USING btree (deployment_id, received_at) WHERE release_id IS NULL;

create table passwords (
  principal_id text not null,
  hash text not null,
  changed_at timestamp with time zone not null,
  constraint passwords_pkey PRIMARY KEY (principal_id),
  constraint passwords_principal_id_fkey FOREIGN KEY (principal_id) REFERENCES principals(id)
);

create table plan_steps (
  plan_id text not null,
  position integer not null,
  action_id text not null,
  state text not null,
  undo jsonb,
  result jsonb,
  error text,
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  constraint plan_steps_pkey PRIMARY KEY (plan_id, "position"),
  constraint plan_steps_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES plans(id),
  constraint plan_steps_state_check CHECK (state = ANY (ARRAY['planned'::text, 'applying'::text, 'applied'::text, 'failed'::text, 'undone'::text]))
);

create table plans (
  id text not null,
  project_id text,
  number bigint not null,
  environment text not null,
  kind text not null default 'release'::text,
  title text not null,
  message text,
  state text not null,
  request jsonb not null,
  revision_id text,
  actions jsonb not null default '[]'::jsonb,
  reads jsonb not null default '[]'::jsonb,
  gates jsonb not null default '[]'::jsonb,
  verdicts jsonb not null default '[]'::jsonb,
  evidence jsonb not null default '[]'::jsonb,
  pending text,
  approval_rule jsonb not null default '{}'::jsonb,
  estimate jsonb,
  hash text not null,
  stale_because jsonb not null default '[]'::jsonb,
  auto_apply boolean not null default false,
  superseded_by bigint,
  author text not null,
  created_at timestamp with time zone not null default now(),
  applied_at timestamp with time zone,
  applied_by text,
  failure text,
  version bigint not null default 1,
  constraint plans_pkey PRIMARY KEY (id),
  constraint plans_project_id_number_key UNIQUE (project_id, number),
  constraint plans_applied_by_fkey FOREIGN KEY (applied_by) REFERENCES principals(id),
  constraint plans_author_fkey FOREIGN KEY (author) REFERENCES principals(id),
  constraint plans_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
  constraint plans_revision_id_fkey FOREIGN KEY (revision_id) REFERENCES revisions(id),
  constraint plans_state_check CHECK (state = ANY (ARRAY['evaluating'::text, 'blocked'::text, 'open'::text, 'ready'::text, 'stale'::text, 'applying'::text, 'applied'::text, 'failed'::text, 'rejected'::text, 'cancelled'::text]))
);
CREATE UNIQUE INDEX plans_of_platform ON plans USING btree (number) WHERE project_id IS NULL;
CREATE INDEX plans_open ON plans USING btree (created_at) WHERE state = ANY (ARRAY['evaluating'::text, 'open'::text, 'ready'::text, 'applying'::text, 'stale'::text, 'blocked'::text]);

create table platform_settings (
  name text not null,
  value jsonb not null,
  updated_at timestamp with time zone not null default now(),
  constraint platform_settings_pkey PRIMARY KEY (name)
);

create table predictions (
  deployment_id text not null,
  at timestamp with time zone not null,
  prediction_id uuid not null,
  row_number integer not null,
  release_id text not null,
  score double precision,
  label text,
  constraint predictions_pkey PRIMARY KEY (deployment_id, at, prediction_id, row_number)
) partition by RANGE (at);

create table principals (
  id text not null,
  kind text not null,
  name text not null,
  email text,
  platform_admin boolean not null default false,
  created_at timestamp with time zone not null default now(),
  disabled_at timestamp with time zone,
  admin_by_group boolean not null default false,
  project_id text,
  owner_id text,
  constraint principals_pkey PRIMARY KEY (id),
  constraint principals_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES principals(id),
  constraint principals_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
  constraint principals_kind_check CHECK (kind = ANY (ARRAY['user'::text, 'team'::text, 'service-account'::text, 'run'::text, 'agent'::text]))
);
CREATE UNIQUE INDEX principals_name ON principals USING btree (name) WHERE kind <> 'run'::text;
CREATE INDEX principals_owner ON principals USING btree (owner_id);
CREATE INDEX principals_project ON principals USING btree (project_id) WHERE project_id IS NOT NULL;

create table profile_windows (
  deployment_id text not null,
  release_id text not null,
  profile text not null,
  start timestamp with time zone not null,
  seconds integer not null,
  rows bigint not null,
  cells double precision[] not null,
  sums double precision[] not null,
  minima double precision[] not null,
  maxima double precision[] not null,
  constraint profile_windows_pkey PRIMARY KEY (deployment_id, release_id, profile, start)
);
CREATE INDEX profile_windows_start ON profile_windows USING btree (start);

create table project_members (
  project_id text not null,
  principal_id text not null,
  role text not null,
  granted_at timestamp with time zone not null default now(),
  constraint project_members_pkey PRIMARY KEY (project_id, principal_id),
  constraint project_members_principal_id_fkey FOREIGN KEY (principal_id) REFERENCES principals(id),
  constraint project_members_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
  constraint project_members_role_check CHECK (role = ANY (ARRAY['viewer'::text, 'developer'::text, 'reviewer'::text, 'admin'::text]))
);
CREATE INDEX project_members_principal ON project_members USING btree (principal_id);

create table project_members_by_group (
  project_id text not null,
  principal_id text not null,
  role text not null,
  constraint project_members_by_group_pkey PRIMARY KEY (project_id, principal_id),
  constraint project_members_by_group_principal_id_fkey FOREIGN KEY (principal_id) REFERENCES principals(id),
  constraint project_members_by_group_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
  constraint project_members_by_group_role_check CHECK (role = ANY (ARRAY['viewer'::text, 'developer'::text, 'reviewer'::text, 'admin'::text]))
);
CREATE INDEX project_members_by_group_principal ON project_members_by_group USING btree (principal_id);

create table project_retention (
  project_id text not null,
  deleted_days integer,
  run_days integer,
  updated_at timestamp with time zone not null,
  updated_by text not null,
  constraint project_retention_pkey PRIMARY KEY (project_id),
  constraint project_retention_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
  constraint project_retention_deleted_days_check CHECK (deleted_days >= 0 AND deleted_days <= 3650),
  constraint project_retention_run_days_check CHECK (run_days >= 1 AND run_days <= 3650)
);

create table project_rules (
  project_id text not null,
  environment text not null,
  gates jsonb not null,
  version bigint not null default 1,
  revision_id text,
  plan_id text,
  updated_at timestamp with time zone not null default now(),
  constraint project_rules_pkey PRIMARY KEY (project_id, environment),
  constraint project_rules_environment_fkey FOREIGN KEY (environment) REFERENCES environments(name),
  constraint project_rules_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES plans(id),
  constraint project_rules_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
  constraint project_rules_revision_id_fkey FOREIGN KEY (revision_id) REFERENCES revisions(id)
);

create table projects (
  id text not null,
  name text not null,
  title text not null,
  description text not null default ''::text,
  owner text not null,
  tier text not null default 'experimental'::text,
  template_name text,
  template_version text,
  template_answers jsonb,
  rendering_digest text,
  version bigint not null default 1,
  created_at timestamp with time zone not null default now(),
  created_by text not null,
  updated_at timestamp with time zone not null default now(),
  last_run bigint not null default 0,
  last_plan bigint not null default 0,
  last_revision bigint not null default 0,
  constraint projects_pkey PRIMARY KEY (id),
  constraint projects_name_key UNIQUE (name)
);

create table python_environments (
  id text not null,
  request_digest text not null,
  lock_digest text not null,
  request jsonb not null,
  digest text,
  state text not null,
  interpreter text,
  platform text,
  tool text,
  packages jsonb not null default '[]'::jsonb,
  path text,
  error text,
  log text not null default ''::text,
  seconds double precision,
  work_id text,
  created_at timestamp with time zone not null default now(),
  finished_at timestamp with time zone,
  constraint python_environments_pkey PRIMARY KEY (id),
  constraint python_environments_state_check CHECK (state = ANY (ARRAY['queued'::text, 'building'::text, 'ready'::text, 'failed'::text]))
);
CREATE UNIQUE INDEX python_environments_request ON python_environments USING btree (request_digest) WHERE state = ANY (ARRAY['queued'::text, 'building'::text, 'ready'::text]);

create table reference_profiles (
  model text not null,
  version bigint not null,
  project_id text not null,
  state text not null,
  message text not null default ''::text,
  prediction_source text,
  artifact_id text,
  profile_id text,
  profile jsonb,
  comparison_id text,
  comparison jsonb,
  cells integer,
  columns integer,
  comparison_cells integer,
  created_at timestamp with time zone not null default now(),
  constraint reference_profiles_pkey PRIMARY KEY (model, version),
  constraint reference_profiles_artifact_id_fkey FOREIGN KEY (artifact_id) REFERENCES artifacts(id),
  constraint reference_profiles_model_version_fkey FOREIGN KEY (model, version) REFERENCES model_versions(model, version) ON UPDATE CASCADE ON DELETE CASCADE,
  constraint reference_profiles_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
  constraint reference_profiles_state_check CHECK (state = ANY (ARRAY['making'::text, 'ready'::text, 'failed'::text]))
);
CREATE INDEX reference_profiles_project ON reference_profiles USING btree (project_id, profile_id);

create table registered_models (
  name text not null,
  project_id text not null,
  description text not null default ''::text,
  last_version bigint not null default 0,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  principal_id text,
  constraint registered_models_pkey PRIMARY KEY (name),
  constraint registered_models_principal_id_fkey FOREIGN KEY (principal_id) REFERENCES principals(id),
  constraint registered_models_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id)
);
CREATE INDEX registered_models_project ON registered_models USING btree (project_id);

create table releases (
  id text not null,
  deployment_id text not null,
  number bigint not null,
  plan_id text,
  revision_id text not null,
  model text not null,
  model_version bigint not null,
  model_digest text not null,
  configuration jsonb not null default '{}'::jsonb,
  state text not null,
  message text,
  created_by text not null,
  created_at timestamp with time zone not null default now(),
  activated_at timestamp with time zone,
  ended_at timestamp with time zone,
  constraint releases_pkey PRIMARY KEY (id),
  constraint releases_deployment_id_number_key UNIQUE (deployment_id, number),
  constraint releases_created_by_fkey FOREIGN KEY (created_by) REFERENCES principals(id),
  constraint releases_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES deployments(id),
  constraint releases_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES plans(id),
  constraint releases_revision_id_fkey FOREIGN KEY (revision_id) REFERENCES revisions(id),
  constraint releases_state_check CHECK (state = ANY (ARRAY['pending'::text, 'rolling-out'::text, 'active'::text, 'superseded'::text, 'rolled-back'::text, 'failed'::text]))
);

create table removed_runs (
  run_id text not null,
  constraint removed_runs_pkey PRIMARY KEY (run_id)
);

create table repositories (
  id text not null,
  project_id text not null,
  provider text not null,
  url text not null,
  folder text not null default ''::text,
  branch text not null,
  pipeline text,
  deploy_to text,
  webhook_secret jsonb not null,
  access_token jsonb,
  principal_id text not null,
  created_by text not null,
  created_at timestamp with time zone not null default now(),
  constraint repositories_pkey PRIMARY KEY (id),
  constraint repositories_project_id_key UNIQUE (project_id),
  constraint repositories_principal_id_fkey FOREIGN KEY (principal_id) REFERENCES principals(id),
  constraint repositories_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
  constraint repositories_provider_check CHECK (provider = ANY (ARRAY['github'::text, 'gitlab'::text, 'gitea'::text]))
);

create table repository_pushes (
  id text not null,
  repository_id text not null,
  delivery_id text not null,
  branch text not null,
  commit text not null,
  message text not null,
  author text not null,
  state text not null,
  detail text not null default ''::text,
  revision_number bigint,
  run_id text,
  run_number bigint,
  plan_number bigint,
  received_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  status_due_at timestamp with time zone,
  status_version bigint not null default 0,
  status_attempts integer not null default 0,
  status_error text,
  constraint repository_pushes_pkey PRIMARY KEY (id),
  constraint repository_pushes_repository_id_delivery_id_key UNIQUE (repository_id, delivery_id),
  constraint repository_pushes_repository_id_fkey FOREIGN KEY (repository_id) REFERENCES repositories(id) ON DELETE CASCADE,
  constraint repository_pushes_run_id_fkey FOREIGN KEY (run_id) REFERENCES runs(id),
  constraint repository_pushes_state_check CHECK (state = ANY (ARRAY['received'::text, 'running'::text, 'releasing'::text, 'succeeded'::text, 'failed'::text, 'superseded'::text]))
);
CREATE INDEX repository_pushes_list ON repository_pushes USING btree (repository_id, received_at DESC);
CREATE INDEX repository_pushes_open ON repository_pushes USING btree (received_at) WHERE finished_at IS NULL;
CREATE INDEX repository_pushes_status ON repository_pushes USING btree (status_due_at) WHERE status_due_at IS NOT NULL;

create table request_log_files (
  id text not null,
  deployment_id text not null,
  store text not null,
  key text not null,
  rows bigint not null,
  bytes bigint not null,
  from_at timestamp with time zone not null,
  to_at timestamp with time zone not null,
  created_at timestamp with time zone not null default now(),
  constraint request_log_files_pkey PRIMARY KEY (id)
);
CREATE INDEX request_log_files_deployment ON request_log_files USING btree (deployment_id, to_at);

create table request_log_spool (
  id bigint not null generated always as identity,
  deployment_id text not null,
  from_at timestamp with time zone not null,
  to_at timestamp with time zone not null,
  rows bigint not null,
  bytes bigint not null,
  content bytea not null,
  received_at timestamp with time zone not null default now(),
  constraint request_log_spool_pkey PRIMARY KEY (id)
);
CREATE INDEX request_log_spool_deployment ON request_log_spool USING btree (deployment_id, id);

create table resources (
  id text not null,
  project_id text not null,
  environment text not null,
  type text not null,
  name text not null,
  class text not null,
  provider text not null,
  state text not null,
  outputs jsonb not null default '{}'::jsonb,
  plan_id text,
  created_at timestamp with time zone not null default now(),
  constraint resources_pkey PRIMARY KEY (id),
  constraint resources_project_id_environment_type_name_key UNIQUE (project_id, environment, type, name),
  constraint resources_environment_fkey FOREIGN KEY (environment) REFERENCES environments(name),
  constraint resources_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
  constraint resources_state_check CHECK (state = ANY (ARRAY['ready'::text, 'failed'::text, 'deleted'::text]))
);

create table review_answers (
  review_id text not null,
  question text not null,
  text text not null,
  evidence jsonb not null default '[]'::jsonb,
  answered_by text not null,
  answered_at timestamp with time zone not null,
  constraint review_answers_pkey PRIMARY KEY (review_id, question),
  constraint review_answers_answered_by_fkey FOREIGN KEY (answered_by) REFERENCES principals(id),
  constraint review_answers_review_id_fkey FOREIGN KEY (review_id) REFERENCES reviews(id) ON DELETE CASCADE
);

create table reviews (
  id text not null,
  project_id text not null,
  model text not null,
  version bigint not null,
  environment text not null,
  questions jsonb not null,
  state text not null default 'open'::text,
  requested_by text not null,
  requested_at timestamp with time zone not null,
  decided_by text,
  decided_at timestamp with time zone,
  comment text not null default ''::text,
  constraint reviews_pkey PRIMARY KEY (id),
  constraint reviews_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES principals(id),
  constraint reviews_model_version_fkey FOREIGN KEY (model, version) REFERENCES model_versions(model, version) ON UPDATE CASCADE ON DELETE CASCADE,
  constraint reviews_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
  constraint reviews_requested_by_fkey FOREIGN KEY (requested_by) REFERENCES principals(id),
  constraint reviews_state_check CHECK (state = ANY (ARRAY['open'::text, 'approved'::text, 'rejected'::text, 'superseded'::text]))
);
CREATE UNIQUE INDEX reviews_current ON reviews USING btree (model, version, environment) WHERE state <> 'superseded'::text;
CREATE INDEX reviews_project ON reviews USING btree (project_id);

create table revision_commits (
  revision_id text not null,
  commit text not null,
  branch text not null default ''::text,
  pushed boolean not null,
  told_by text not null,
  told_at timestamp with time zone not null default now(),
  constraint revision_commits_pkey PRIMARY KEY (revision_id, commit, branch),
  constraint revision_commits_revision_id_fkey FOREIGN KEY (revision_id) REFERENCES revisions(id) ON DELETE CASCADE
);

create table revisions (
  id text not null,
  project_id text not null,
  number bigint not null,
  digest text not null,
  files jsonb not null,
  file_count integer not null,
  bytes bigint not null,
  spec jsonb,
  git jsonb,
  message text not null default ''::text,
  created_at timestamp with time zone not null default now(),
  created_by text not null,
  pushed_at timestamp with time zone not null default now(),
  constraint revisions_pkey PRIMARY KEY (id),
  constraint revisions_project_id_digest_key UNIQUE (project_id, digest),
  constraint revisions_project_id_number_key UNIQUE (project_id, number),
  constraint revisions_created_by_fkey FOREIGN KEY (created_by) REFERENCES principals(id),
  constraint revisions_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id)
);
CREATE INDEX revisions_latest ON revisions USING btree (project_id, pushed_at DESC);

create table rollout_counts (
  rollout_id text not null,
  position integer not null,
  release_id text not null,
  requests bigint not null default 0,
  rows bigint not null default 0,
  errors4xx bigint not null default 0,
  errors5xx bigint not null default 0,
  latency_sum_ms double precision not null default 0,
  latency_max_ms double precision not null default 0,
  latency_buckets bigint[] not null default '{}'::bigint[],
  constraint rollout_counts_pkey PRIMARY KEY (rollout_id, "position", release_id),
  constraint rollout_counts_rollout_id_position_fkey FOREIGN KEY (rollout_id, "position") REFERENCES rollout_steps(rollout_id, "position")
);

create table rollout_steps (
  rollout_id text not null,
  position integer not null,
  weight double precision not null,
  started_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  analysis jsonb,
  looked_at timestamp with time zone,
  constraint rollout_steps_pkey PRIMARY KEY (rollout_id, "position"),
  constraint rollout_steps_rollout_id_fkey FOREIGN KEY (rollout_id) REFERENCES rollouts(id)
);

create table rollouts (
  id text not null,
  deployment_id text not null,
  release_id text not null,
  previous_release_id text,
  kind text not null,
  state text not null,
  message text,
  config_version bigint,
  started_by text not null,
  started_at timestamp with time zone not null default now(),
  finished_at timestamp with time zone,
  number bigint not null,
  settings jsonb,
  step integer not null default 0,
  step_started_at timestamp with time zone,
  paused_by text,
  paused_at timestamp with time zone,
  constraint rollouts_pkey PRIMARY KEY (id),
  constraint rollouts_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES deployments(id),
  constraint rollouts_previous_release_id_fkey FOREIGN KEY (previous_release_id) REFERENCES releases(id),
  constraint rollouts_release_id_fkey FOREIGN KEY (release_id) REFERENCES releases(id),
  constraint rollouts_started_by_fkey FOREIGN KEY (started_by) REFERENCES principals(id),
  constraint rollouts_kind_check CHECK (kind = ANY (ARRAY['immediate'::text, 'canary'::text, 'rollback'::text])),
  constraint rollouts_paused_by_check CHECK (paused_by = ANY (ARRAY['person'::text, 'inconclusive'::text])),
  constraint rollouts_state_check CHECK (state = ANY (ARRAY['preparing'::text, 'stepping'::text, 'paused'::text, 'shifting'::text, 'completed'::text, 'aborted'::text, 'failed'::text]))
);
CREATE UNIQUE INDEX rollouts_number ON rollouts USING btree (deployment_id, number);
CREATE UNIQUE INDEX rollouts_open ON rollouts USING btree (deployment_id) WHERE state = ANY (ARRAY['preparing'::text, 'stepping'::text, 'paused'::text, 'shifting'::text]);
CREATE INDEX rollouts_unfinished ON rollouts USING btree (started_at) WHERE finished_at IS NULL;

create table run_totals (
  project_id text not null,
  state text not null,
  runs bigint not null default 0,
  seconds double precision not null default 0,
  constraint run_totals_pkey PRIMARY KEY (project_id, state),
  constraint run_totals_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
  constraint run_totals_state_check CHECK (state = ANY (ARRAY['succeeded'::text, 'failed'::text, 'cancelled'::text]))
);

create table runners (
  id text not null,
  principal_id text not null,
  isolation text,
  last_seen_at timestamp with time zone not null default now(),
  cpus integer,
  pythons jsonb,
  bounds jsonb,
  constraint runners_pkey PRIMARY KEY (id)
);

create table runs (
  id text not null,
  project_id text not null,
  number bigint not null,
  kind text not null default 'pipeline'::text,
  pipeline text not null,
  revision_id text not null,
  state text not null,
  vars jsonb not null default '{}'::jsonb,
  message text,
  failure text,
  refresh boolean not null default false,
  cancel_requested boolean not null default false,
  principal_id text not null,
  python_environment_id text,
  tracked_run_id text,
  cause jsonb not null default '{}'::jsonb,
  version bigint not null default 1,
  requested_by text not null,
  created_at timestamp with time zone not null default now(),
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  environment text,
  constraint runs_pkey PRIMARY KEY (id),
  constraint runs_project_id_number_key UNIQUE (project_id, number),
  constraint runs_principal_id_fkey FOREIGN KEY (principal_id) REFERENCES principals(id),
  constraint runs_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
  constraint runs_python_environment_id_fkey FOREIGN KEY (python_environment_id) REFERENCES python_environments(id),
  constraint runs_requested_by_fkey FOREIGN KEY (requested_by) REFERENCES principals(id),
  constraint runs_revision_id_fkey FOREIGN KEY (revision_id) REFERENCES revisions(id),
  constraint runs_state_check CHECK (state = ANY (ARRAY['queued'::text, 'running'::text, 'succeeded'::text, 'failed'::text, 'cancelled'::text]))
);
CREATE INDEX runs_open ON runs USING btree (created_at) WHERE state = ANY (ARRAY['queued'::text, 'running'::text]);
CREATE INDEX runs_project ON runs USING btree (project_id, number DESC);
CREATE INDEX runs_revision ON runs USING btree (revision_id, number DESC);
CREATE INDEX runs_tracked ON runs USING btree (tracked_run_id);

create table secret_versions (
  id text not null,
  secret_id text not null,
  version integer not null,
  sealed jsonb,
  created_by text not null,
  created_at timestamp with time zone not null,
  constraint secret_versions_pkey PRIMARY KEY (id),
  constraint secret_versions_secret_id_version_key UNIQUE (secret_id, version),
  constraint secret_versions_created_by_fkey FOREIGN KEY (created_by) REFERENCES principals(id),
  constraint secret_versions_secret_id_fkey FOREIGN KEY (secret_id) REFERENCES secrets(id) ON DELETE CASCADE
);

create table secrets (
  id text not null,
  project_id text not null,
  name text not null,
  environment text,
  version integer not null,
  created_by text not null,
  created_at timestamp with time zone not null,
  updated_by text not null,
  updated_at timestamp with time zone not null,
  last_used_at timestamp with time zone,
  last_used_run integer,
  constraint secrets_pkey PRIMARY KEY (id),
  constraint secrets_project_id_name_environment_key UNIQUE NULLS NOT DISTINCT (project_id, name, environment),
  constraint secrets_created_by_fkey FOREIGN KEY (created_by) REFERENCES principals(id),
  constraint secrets_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
  constraint secrets_updated_by_fkey FOREIGN KEY (updated_by) REFERENCES principals(id)
);

create table sessions (
  token_id text not null,
  method text not null,
  address text not null,
  user_agent text not null,
  issuer text,
  subject text,
  sid text,
  constraint sessions_pkey PRIMARY KEY (token_id),
  constraint sessions_token_id_fkey FOREIGN KEY (token_id) REFERENCES tokens(id) ON DELETE CASCADE,
  constraint sessions_method_check CHECK (method = ANY (ARRAY['link'::text, 'invitation'::text, 'password'::text, 'oidc'::text, 'device'::text]))
);
CREATE INDEX sessions_subject ON sessions USING btree (issuer, subject) WHERE issuer IS NOT NULL;

create table steps (
  id text not null,
  run_id text not null,
  name text not null,
  position integer not null,
  kind text not null default 'command'::text,
  uses text not null,
  state text not null,
  needs text[] not null default '{}'::text[],
  definition jsonb not null,
  cache_key text,
  cache_fields jsonb,
  cache_miss text,
  cached_from text,
  attempt_id text,
  outputs jsonb not null default '{}'::jsonb,
  metrics jsonb not null default '{}'::jsonb,
  result jsonb,
  message text,
  version bigint not null default 1,
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  constraint steps_pkey PRIMARY KEY (id),
  constraint steps_run_id_name_key UNIQUE (run_id, name),
  constraint steps_run_id_fkey FOREIGN KEY (run_id) REFERENCES runs(id),
  constraint steps_state_check CHECK (state = ANY (ARRAY['pending'::text, 'ready'::text, 'running'::text, 'succeeded'::text, 'failed'::text, 'skipped'::text, 'cancelled'::text]))
);
CREATE INDEX steps_cache ON steps USING btree (cache_key, finished_at DESC) WHERE state = 'succeeded'::text AND cached_from IS NULL;
CREATE INDEX steps_making ON steps USING btree (cache_key) WHERE state = 'running'::text;
CREATE INDEX steps_name ON steps USING btree (name, finished_at DESC) WHERE state = 'succeeded'::text AND cache_key IS NOT NULL;
CREATE INDEX steps_open ON steps USING btree (run_id) WHERE state = ANY (ARRAY['pending'::text, 'ready'::text, 'running'::text]);

create table store_writes (
  key text not null,
  store text not null,
  begun_at timestamp with time zone not null,
  constraint store_writes_pkey PRIMARY KEY (key)
);
CREATE INDEX store_writes_begun ON store_writes USING btree (begun_at);

create table team_members (
  team_id text not null,
  principal_id text not null,
  by_hand boolean not null default true,
  by_group boolean not null default false,
  constraint team_members_pkey PRIMARY KEY (team_id, principal_id),
  constraint team_members_principal_id_fkey FOREIGN KEY (principal_id) REFERENCES principals(id),
  constraint team_members_team_id_fkey FOREIGN KEY (team_id) REFERENCES principals(id),
  constraint team_members_source CHECK (by_hand OR by_group)
);
CREATE INDEX team_members_principal ON team_members USING btree (principal_id);

create table terminal_requests (
  id text not null,
  kind text not null,
  secret_sha256 text not null,
  user_code_sha256 text,
  host text not null,
  address text not null,
  code_challenge text,
  redirect_uri text,
  state text not null default 'waiting'::text,
  principal_id text,
  token_id text,
  interval_seconds integer not null,
  polled_at timestamp with time zone,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint terminal_requests_pkey PRIMARY KEY (id),
  constraint terminal_requests_secret_sha256_key UNIQUE (secret_sha256),
  constraint terminal_requests_user_code_sha256_key UNIQUE (user_code_sha256),
  constraint terminal_requests_principal_id_fkey FOREIGN KEY (principal_id) REFERENCES principals(id),
  constraint terminal_requests_token_id_fkey FOREIGN KEY (token_id) REFERENCES tokens(id),
  constraint terminal_requests_kind_check CHECK (kind = ANY (ARRAY['browser'::text, 'device'::text])),
  constraint terminal_requests_state_check CHECK (state = ANY (ARRAY['waiting'::text, 'allowed'::text, 'denied'::text, 'used'::text]))
);
CREATE INDEX terminal_requests_expires ON terminal_requests USING btree (expires_at);

create table tokens (
  id text not null,
  kind text not null,
  principal_id text not null,
  sha256 text not null,
  hint text not null,
  name text not null,
  project_id text,
  scopes jsonb,
  created_at timestamp with time zone not null default now(),
  created_by text,
  expires_at timestamp with time zone not null,
  last_used_at timestamp with time zone,
  used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  origin text not null default 'made'::text,
  last_used_from text,
  replaced_by text,
  cause_id text,
  trust_id text,
  constraint tokens_pkey PRIMARY KEY (id),
  constraint tokens_sha256_key UNIQUE (sha256),
  constraint tokens_created_by_fkey FOREIGN KEY (created_by) REFERENCES principals(id),
  constraint tokens_principal_id_fkey FOREIGN KEY (principal_id) REFERENCES principals(id),
  constraint tokens_replaced_by_fkey FOREIGN KEY (replaced_by) REFERENCES tokens(id),
  constraint tokens_trust_id_fkey FOREIGN KEY (trust_id) REFERENCES trusts(id),
  constraint tokens_kind_check CHECK (kind = ANY (ARRAY['link'::text, 'session'::text, 'api'::text, 'run'::text, 'runner'::text, 'gateway'::text])),
  constraint tokens_origin_check CHECK (origin = ANY (ARRAY['made'::text, 'terminal'::text, 'trust'::text]))
);
CREATE INDEX tokens_expiring ON tokens USING btree (expires_at) WHERE kind = 'api'::text AND revoked_at IS NULL;
CREATE INDEX tokens_principal ON tokens USING btree (principal_id);
CREATE INDEX tokens_trust ON tokens USING btree (trust_id) WHERE trust_id IS NOT NULL;

create table tracked_datasets (
  id bigint not null generated always as identity,
  experiment_id bigint not null,
  name text not null,
  digest text not null,
  source_type text not null,
  source text not null,
  schema text,
  profile text,
  constraint tracked_datasets_pkey PRIMARY KEY (id),
  constraint tracked_datasets_experiment_id_name_digest_key UNIQUE (experiment_id, name, digest),
  constraint tracked_datasets_experiment_id_fkey FOREIGN KEY (experiment_id) REFERENCES experiments(id)
);

create table tracked_files (
  root text not null,
  path text not null,
  digest text not null,
  size bigint not null,
  updated_at timestamp with time zone not null default now(),
  constraint tracked_files_pkey PRIMARY KEY (root, path)
);
CREATE INDEX tracked_files_digest ON tracked_files USING btree (digest);

create table tracked_inputs (
  run_id text not null,
  dataset_id bigint not null,
  tags jsonb not null default '{}'::jsonb,
  experiment_id bigint,
  start_time timestamp with time zone,
  constraint tracked_inputs_pkey PRIMARY KEY (run_id, dataset_id),
  constraint tracked_inputs_dataset_id_fkey FOREIGN KEY (dataset_id) REFERENCES tracked_datasets(id),
  constraint tracked_inputs_run_id_fkey FOREIGN KEY (run_id) REFERENCES tracked_runs(run_id)
);
CREATE INDEX tracked_inputs_dataset ON tracked_inputs USING btree (dataset_id, start_time DESC, run_id);
CREATE TRIGGER tracked_inputs_place BEFORE INSERT ON tracked_inputs FOR EACH ROW WHEN (new.experiment_id IS NULL) EXECUTE FUNCTION place_in_experiment();

create table tracked_params (
  run_id text not null,
  key text not null,
  value text not null,
  experiment_id bigint,
  start_time timestamp with time zone,
  head text not null generated always as ("left"(value, 64)) stored,
  constraint tracked_params_pkey PRIMARY KEY (run_id, key),
  constraint tracked_params_run_id_fkey FOREIGN KEY (run_id) REFERENCES tracked_runs(run_id)
);
CREATE INDEX tracked_params_value ON tracked_params USING btree (experiment_id, key, head, start_time DESC, run_id);
CREATE TRIGGER tracked_params_place BEFORE INSERT ON tracked_params FOR EACH ROW WHEN (new.experiment_id IS NULL) EXECUTE FUNCTION place_in_experiment();

create table tracked_run_models (
  run_id text not null,
  model_id text not null,
  direction text not null,
  step bigint not null default 0,
  constraint tracked_run_models_pkey PRIMARY KEY (run_id, direction, model_id, step),
  constraint tracked_run_models_model_id_fkey FOREIGN KEY (model_id) REFERENCES logged_models(model_id),
  constraint tracked_run_models_run_id_fkey FOREIGN KEY (run_id) REFERENCES tracked_runs(run_id),
  constraint tracked_run_models_direction_check CHECK (direction = ANY (ARRAY['input'::text, 'output'::text]))
);
CREATE INDEX tracked_run_models_model ON tracked_run_models USING btree (model_id);

create table tracked_runs (
  run_id text not null,
  experiment_id bigint not null,
  name text not null,
  principal_id text not null,
  status text not null default 'RUNNING'::text,
  lifecycle_stage text not null default 'active'::text,
  artifact_uri text not null,
  parent_run_id text,
  start_time timestamp with time zone not null default now(),
  end_time timestamp with time zone,
  owner text not null default 'client'::text,
  attempt_run_id text,
  adopted boolean not null default false,
  user_name text not null default ''::text,
  deleted_at timestamp with time zone,
  constraint tracked_runs_pkey PRIMARY KEY (run_id),
  constraint tracked_runs_attempt_run_id_fkey FOREIGN KEY (attempt_run_id) REFERENCES tracked_runs(run_id),
  constraint tracked_runs_experiment_id_fkey FOREIGN KEY (experiment_id) REFERENCES experiments(id),
  constraint tracked_runs_parent_run_id_fkey FOREIGN KEY (parent_run_id) REFERENCES tracked_runs(run_id),
  constraint tracked_runs_owner_check CHECK (owner = ANY (ARRAY['client'::text, 'pipeline'::text, 'attempt'::text])),
  constraint tracked_runs_run_id_check CHECK (run_id ~ '^[0-9a-f]{32}$'::text)
);
CREATE INDEX tracked_runs_attempt ON tracked_runs USING btree (attempt_run_id) WHERE attempt_run_id IS NOT NULL;
CREATE INDEX tracked_runs_deleted ON tracked_runs USING btree (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX tracked_runs_experiment ON tracked_runs USING btree (experiment_id, start_time DESC, run_id);
CREATE INDEX tracked_runs_name ON tracked_runs USING btree (experiment_id, "left"(name, 64) COLLATE "C", start_time DESC, run_id);
CREATE INDEX tracked_runs_parent ON tracked_runs USING btree (parent_run_id) WHERE parent_run_id IS NOT NULL;
CREATE INDEX tracked_runs_status ON tracked_runs USING btree (experiment_id, status, start_time DESC, run_id);
CREATE TRIGGER tracked_runs_move AFTER UPDATE OF experiment_id, start_time ON tracked_runs FOR EACH ROW WHEN (old.experiment_id IS DISTINCT FROM new.experiment_id OR old.start_time IS DISTINCT FROM new.start_time) EXECUTE FUNCTION move_in_experiment();

create table tracked_tags (
  run_id text not null,
  key text not null,
  value text not null,
  experiment_id bigint,
  start_time timestamp with time zone,
  head text not null generated always as ("left"(value, 64)) stored,
  constraint tracked_tags_pkey PRIMARY KEY (run_id, key),
  constraint tracked_tags_run_id_fkey FOREIGN KEY (run_id) REFERENCES tracked_runs(run_id)
);
CREATE INDEX tracked_tags_value ON tracked_tags USING btree (experiment_id, key, head, start_time DESC, run_id);
CREATE TRIGGER tracked_tags_place BEFORE INSERT ON tracked_tags FOR EACH ROW WHEN (new.experiment_id IS NULL) EXECUTE FUNCTION place_in_experiment();

create table traffic_windows (
  deployment_id text not null,
  release_id text not null,
  start timestamp with time zone not null,
  seconds integer not null default 10,
  requests bigint not null default 0,
  rows bigint not null default 0,
  errors4xx bigint not null default 0,
  errors5xx bigint not null default 0,
  latency_sum_ms double precision not null default 0,
  latency_max_ms double precision not null default 0,
  latency_buckets bigint[] not null default '{}'::bigint[],
  constraint traffic_windows_pkey PRIMARY KEY (deployment_id, start, release_id)
) partition by RANGE (start);

create table traffic_windows_default partition of traffic_windows DEFAULT;

create table trusts (
  id text not null,
  project_id text not null,
  issuer text not null,
  kind text not null,
  repository text not null,
  repository_id text,
  branch text,
  tag text,
  pull_requests boolean not null default false,
  job_environment text,
  workflow text,
  unprotected boolean not null default false,
  principal_id text not null,
  role text,
  scopes jsonb not null,
  created_by text not null,
  created_at timestamp with time zone not null,
  last_used_at timestamp with time zone,
  removed_at timestamp with time zone,
  constraint trusts_pkey PRIMARY KEY (id),
  constraint trusts_created_by_fkey FOREIGN KEY (created_by) REFERENCES principals(id),
  constraint trusts_principal_id_fkey FOREIGN KEY (principal_id) REFERENCES principals(id),
  constraint trusts_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
  constraint trusts_kind_check CHECK (kind = ANY (ARRAY['github'::text, 'gitlab'::text]))
);
CREATE INDEX trusts_project ON trusts USING btree (project_id);
CREATE INDEX trusts_repository ON trusts USING btree (issuer, repository) WHERE removed_at IS NULL;

create table truth_windows (
  deployment_id text not null,
  span text not null,
  start timestamp with time zone not null,
  release_id text not null,
  seen bigint not null default 0,
  logged bigint not null default 0,
  settled bigint not null default 0,
  labelled bigint not null default 0,
  sums double precision[] not null default '{}'::double precision[],
  cells bigint[] not null default '{}'::bigint[],
  ages bigint[] not null default '{}'::bigint[],
  constraint truth_windows_pkey PRIMARY KEY (deployment_id, span, start, release_id),
  constraint truth_windows_span_check CHECK (span = ANY (ARRAY['hour'::text, 'day'::text]))
);

create table used_assertions (
  issuer text not null,
  jti_sha256 text not null,
  until timestamp with time zone not null,
  constraint used_assertions_pkey PRIMARY KEY (issuer, jti_sha256)
);
CREATE INDEX used_assertions_until ON used_assertions USING btree (until);

create table webhook_deliveries (
  id text not null,
  alert_id text not null,
  event text not null,
  payload jsonb not null,
  state text not null default 'waiting'::text,
  attempts integer not null default 0,
  next_at timestamp with time zone not null,
  last_status integer,
  last_error text,
  created_at timestamp with time zone not null default now(),
  delivered_at timestamp with time zone,
  constraint webhook_deliveries_pkey PRIMARY KEY (id),
  constraint webhook_deliveries_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES alerts(id) ON DELETE CASCADE,
  constraint webhook_deliveries_event_check CHECK (event = ANY (ARRAY['alert.opened'::text, 'alert.acknowledged'::text, 'alert.resolved'::text])),
  constraint webhook_deliveries_state_check CHECK (state = ANY (ARRAY['waiting'::text, 'delivered'::text, 'failed'::text]))
);
CREATE INDEX webhook_deliveries_alert ON webhook_deliveries USING btree (alert_id);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries USING btree (next_at) WHERE state = 'waiting'::text;
CREATE INDEX webhook_deliveries_ended ON webhook_deliveries USING btree (created_at) WHERE state <> 'waiting'::text;

create table work (
  id text not null,
  kind text not null,
  owner_kind text not null,
  owner_id text not null,
  project_id text,
  payload jsonb not null,
  state text not null default 'queued'::text,
  cancel_requested boolean not null default false,
  runner_id text,
  fence bigint not null default 0,
  lease_until timestamp with time zone,
  progress text,
  started_at timestamp with time zone,
  result jsonb,
  claims integer not null default 0,
  created_at timestamp with time zone not null default clock_timestamp(),
  available_at timestamp with time zone not null default clock_timestamp(),
  finished_at timestamp with time zone,
  constraint work_pkey PRIMARY KEY (id),
  constraint work_state_check CHECK (state = ANY (ARRAY['queued'::text, 'leased'::text, 'done'::text, 'cancelled'::text]))
);
CREATE INDEX work_claimable ON work USING btree (created_at) WHERE state = 'queued'::text;
CREATE INDEX work_leased ON work USING btree (lease_until) WHERE state = 'leased'::text;
CREATE INDEX work_owner ON work USING btree (owner_kind, owner_id);

CREATE OR REPLACE FUNCTION move_in_experiment()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  update latest_metrics set experiment_id = new.experiment_id, start_time = new.start_time where run_id = new.run_id;
  update tracked_params set experiment_id = new.experiment_id, start_time = new.start_time where run_id = new.run_id;
  update tracked_tags set experiment_id = new.experiment_id, start_time = new.start_time where run_id = new.run_id;
  update tracked_inputs set experiment_id = new.experiment_id, start_time = new.start_time where run_id = new.run_id;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION place_in_experiment()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  select r.experiment_id, r.start_time into new.experiment_id, new.start_time from tracked_runs r where r.run_id = new.run_id;
  return new;
end $function$;
