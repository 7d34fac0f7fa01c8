// Written by scripts/dump-schema.ts from the migrations. Do not edit.

import type { GeneratedAlways } from "kysely";
import type { Generated, JsonColumn, Timestamp } from "./column-types.ts";

export interface AccessAttemptsTable {
  key: string;
  count: number;
  until: Timestamp;
}

export type AlertsKind = "inputs" | "predictions" | "availability" | "latency";

export type AlertsSeverity = "page" | "ticket";

export type AlertsState = "open" | "acknowledged" | "resolved";

export interface AlertsTable {
  id: string;
  project_id: string;
  number: number;
  deployment_id: string;
  release_id: string | null;
  key: string;
  kind: AlertsKind;
  severity: AlertsSeverity;
  state: AlertsState;
  title: string;
  reason: string;
  fix: string;
  details: Generated<JsonColumn>;
  occurrences: Generated<number>;
  opened_at: Timestamp;
  seen_at: Timestamp;
  acknowledged_at: Timestamp | null;
  acknowledged_by: string | null;
  comment: Generated<string>;
  resolved_at: Timestamp | null;
  resolution: Generated<string>;
}

export type ApprovalsDecision = "approved" | "rejected";

export interface ApprovalsTable {
  id: string;
  plan_id: string;
  principal_id: string;
  decision: ApprovalsDecision;
  comment: Generated<string>;
  plan_hash: string;
  carried_over: Generated<boolean>;
  at: Generated<Timestamp>;
}

export type ArtifactsType = "dataset" | "model" | "metrics" | "report" | "artifact";

export interface ArtifactsTable {
  id: string;
  digest: string;
  project_id: string;
  type: ArtifactsType;
  format: string | null;
  name: string;
  files: JsonColumn;
  bytes: number;
  metadata: Generated<JsonColumn>;
  attempt_id: string | null;
  created_at: Generated<Timestamp>;
  deleted_at: Timestamp | null;
}

export interface AttemptLogsTable {
  attempt_id: string;
  log_offset: number;
  time: Timestamp;
  stream: string;
  text: string;
}

export interface AttemptSecretsTable {
  attempt_id: string;
  secret_id: string;
  name: string;
  version: number;
  taken_at: Timestamp;
}

export type AttemptsState = "queued" | "running" | "succeeded" | "failed" | "cancelled";

export interface AttemptsTable {
  id: string;
  step_id: string;
  number: number;
  state: AttemptsState;
  reason: string | null;
  message: string | null;
  exit_code: number | null;
  signal: string | null;
  compute: Generated<string>;
  work_id: string | null;
  tracked_run_id: string | null;
  token_id: string | null;
  log_base: Generated<number>;
  queued_at: Generated<Timestamp>;
  started_at: Timestamp | null;
  finished_at: Timestamp | null;
  usage: JsonColumn | null;
  isolation: JsonColumn | null;
}

export type BackupChecksKind = "verify" | "drill";

export type BackupChecksCause = "manual" | "scheduled";

export type BackupChecksState = "requested" | "running" | "passed" | "failed";

export interface BackupChecksTable {
  id: string;
  backup_id: string;
  kind: BackupChecksKind;
  cause: BackupChecksCause;
  state: BackupChecksState;
  progress: JsonColumn | null;
  findings: Generated<JsonColumn>;
  error: JsonColumn | null;
  created_at: Timestamp;
  finished_at: Timestamp | null;
}

export type BackupsKind = "manual" | "scheduled" | "found";

export type BackupsState = "requested" | "running" | "succeeded" | "failed" | "removing" | "removed";

export interface BackupsTable {
  id: string;
  kind: BackupsKind;
  state: BackupsState;
  requested_by: string | null;
  progress: JsonColumn | null;
  error: JsonColumn | null;
  summary: JsonColumn | null;
  created_at: Timestamp;
  started_at: Timestamp | null;
  finished_at: Timestamp | null;
}

export interface BlobHoldersTable {
  digest: string;
  holder_id: string;
}

export interface BlobsTable {
  digest: string;
  store: Generated<string>;
  key: string;
  size: number;
  verified_at: Timestamp | null;
  created_at: Generated<Timestamp>;
  touched_at: Generated<Timestamp>;
}

export interface CollectionMarksTable {
  digest: string;
}

export type CollectionsKind = "dry-run" | "manual" | "scheduled";

export type CollectionsState = "requested" | "running" | "succeeded" | "failed";

export interface CollectionsTable {
  id: string;
  kind: CollectionsKind;
  state: CollectionsState;
  requested_by: string | null;
  progress: string | null;
  found: JsonColumn | null;
  removed: JsonColumn | null;
  error: JsonColumn | null;
  created_at: Timestamp;
  started_at: Timestamp | null;
  finished_at: Timestamp | null;
}

export interface CommentVersionsTable {
  comment_id: string;
  number: number;
  text: string;
  until: Timestamp;
}

export interface CommentsTable {
  id: string;
  project_id: string;
  subject: string;
  reply_to: string | null;
  text: string;
  author: string;
  mentioned: Generated<JsonColumn>;
  created_at: Timestamp;
  edited_at: Timestamp | null;
  deleted_at: Timestamp | null;
  resolved_at: Timestamp | null;
  resolved_by: string | null;
}

export interface ComponentsTable {
  digest: string;
  name: string;
  version: string;
  spec: JsonColumn;
  files: JsonColumn;
  source: string;
  validated_at: Timestamp | null;
  created_at: Generated<Timestamp>;
}

export type ConnectionsType = "postgres" | "mysql" | "s3" | "http";

export interface ConnectionsTable {
  id: string;
  project_id: string;
  name: string;
  environment: string | null;
  type: ConnectionsType;
  settings: JsonColumn;
  sealed: JsonColumn | null;
  version: number;
  created_by: string;
  created_at: Timestamp;
  updated_by: string;
  updated_at: Timestamp;
  last_used_at: Timestamp | null;
  last_used_run: number | null;
}

export interface ContradictionsTable {
  deployment_id: string;
  prediction_id: string;
  row_number: number;
  found: string;
  kept: string;
  received_at: Timestamp;
}

export interface DatasetVersionsTable {
  id: string;
  project_id: string;
  artifact_id: string;
  connection: string;
  environment: string | null;
  type: string;
  query: string | null;
  path: string | null;
  version: string | null;
  etag: string | null;
  digest: string;
  rows: number;
  columns: JsonColumn;
  run: number;
  step: string;
  port: string;
  read_at: Timestamp;
}

export interface DeploymentsTable {
  id: string;
  project_id: string;
  environment: string;
  name: string;
  kind: Generated<string>;
  active_release_id: string | null;
  serving: Generated<JsonColumn>;
  last_release: Generated<number>;
  version: Generated<number>;
  created_at: Generated<Timestamp>;
  updated_at: Generated<Timestamp>;
}

export interface EnvironmentsTable {
  name: string;
  spec: JsonColumn;
  source: string;
  version: Generated<number>;
  updated_at: Generated<Timestamp>;
  updated_by: string;
}

export type EvaluationsState = "running" | "succeeded" | "failed";

export interface EvaluationsTable {
  id: string;
  project_id: string;
  model: string;
  model_version: number;
  model_digest: string;
  test_digest: string;
  component: string;
  run_id: string | null;
  state: EvaluationsState;
  metrics: Generated<JsonColumn>;
  message: string | null;
  created_at: Generated<Timestamp>;
  finished_at: Timestamp | null;
}

export interface ExperimentTagsTable {
  experiment_id: number;
  key: string;
  value: string;
}

export interface ExperimentsTable {
  id: Generated<number>;
  name: string;
  project_id: string;
  artifact_location: string;
  lifecycle_stage: Generated<string>;
  created_at: Generated<Timestamp>;
  updated_at: Generated<Timestamp>;
  deleted_at: Timestamp | null;
}

export interface GatewayConfigTable {
  only_one: Generated<boolean>;
  version: Generated<number>;
  keys_digest: Generated<string>;
}

export interface GatewayWindowsTable {
  window_id: string;
  received_at: Generated<Timestamp>;
}

export interface GatewaysTable {
  id: string;
  started_at: Timestamp;
  sequence: Generated<number>;
  config_version: Generated<number>;
  releases: Generated<JsonColumn>;
  last_seen_at: Generated<Timestamp>;
}

export interface IdentitiesTable {
  issuer: string;
  subject: string;
  principal_id: string;
  email: string | null;
  created_at: Timestamp;
  signed_in_at: Timestamp;
}

export type ImportedItemsKind = "experiment" | "run" | "logged-model" | "model" | "model-version";

export type ImportedItemsState = "begun" | "copied" | "finished";

export interface ImportedItemsTable {
  project_id: string;
  kind: ImportedItemsKind;
  key: string;
  import_id: string;
  state: ImportedItemsState;
  digest: Generated<string>;
  target: number | null;
  updated_at: Timestamp;
}

export type ImportsState = "running" | "done" | "stopped";

export interface ImportsTable {
  id: string;
  project_id: string;
  source: string;
  source_version: string;
  state: Generated<ImportsState>;
  principal_id: string;
  started_at: Timestamp;
  last_at: Timestamp;
  report: JsonColumn | null;
}

export interface InboxItemsTable {
  principal_id: string;
  notification_id: string;
  at: Timestamp;
  read_at: Timestamp | null;
}

export interface InvitationsTable {
  id: string;
  email: string;
  name: string;
  teams: JsonColumn;
  roles: JsonColumn;
  platform_admin: boolean;
  sha256: string;
  invited_by: string;
  created_at: Timestamp;
  expires_at: Timestamp;
  accepted_at: Timestamp | null;
  accepted_by: string | null;
  cancelled_at: Timestamp | null;
}

export interface LabelCountsTable {
  deployment_id: string;
  day: string;
  counts: JsonColumn;
}

export interface LatestMetricsTable {
  run_id: string;
  key: string;
  value: number;
  step: number;
  time: Timestamp;
  experiment_id: number | null;
  start_time: Timestamp | null;
}

export interface LeasesTable {
  name: string;
  holder: string;
  fence: Generated<number>;
  until: Timestamp;
}

export interface LedgerCheckpointsTable {
  position: number;
  hash: string;
  time: Timestamp;
  key_id: string;
  signature: string;
  exported_at: Timestamp | null;
}

export type LedgerEventsActorKind = "person" | "agent" | "schedule" | "alert" | "system";

export interface LedgerEventsTable {
  id: string;
  xid: Generated<string>;
  seq: GeneratedAlways<number>;
  time: Generated<Timestamp>;
  type: string;
  principal_id: string;
  principal_kind: string;
  principal_name: string;
  actor_kind: LedgerEventsActorKind;
  team_id: string | null;
  project_id: string | null;
  template: string | null;
  revision_id: string | null;
  subject_type: string;
  subject_id: string;
  cause_id: string | null;
  correlation_id: string | null;
  plan_hash: string | null;
  result: Generated<string>;
  data: Generated<JsonColumn>;
}

export interface LedgerSealsTable {
  position: number;
  event_id: string;
  previous_hash: string;
  hash: string;
  sealed_at: Generated<Timestamp>;
}

export interface LogPartsTable {
  part: string;
  received_at: Generated<Timestamp>;
}

export interface LoggedModelMetricsTable {
  model_id: string;
  key: string;
  run_id: string;
  dataset_name: Generated<string>;
  dataset_digest: Generated<string>;
  value: number;
  step: number;
  time: Timestamp;
}

export interface LoggedModelParamsTable {
  model_id: string;
  key: string;
  value: string;
}

export interface LoggedModelTagsTable {
  model_id: string;
  key: string;
  value: string;
}

export type LoggedModelsStatus = "PENDING" | "READY" | "UPLOAD_FAILED";

export type LoggedModelsLifecycleStage = "active" | "deleted" | "importing";

export interface LoggedModelsTable {
  model_id: string;
  experiment_id: number;
  name: string;
  model_type: Generated<string>;
  status: Generated<LoggedModelsStatus>;
  status_message: Generated<string>;
  lifecycle_stage: Generated<LoggedModelsLifecycleStage>;
  source_run_id: string | null;
  attempt_run_id: string | null;
  artifact_uri: string;
  principal_id: string;
  created_at: Generated<Timestamp>;
  updated_at: Generated<Timestamp>;
  deleted_at: Timestamp | null;
}

export interface LoggedReleasesTable {
  release_id: string;
  deployment_id: string;
  model_version: string;
  answers: JsonColumn;
  at: Generated<Timestamp>;
}

export interface MetricPointsTable {
  run_id: string;
  key: string;
  step: Generated<number>;
  time: Timestamp;
  value: number;
}

export interface ModelAliasesTable {
  model: string;
  alias: string;
  version: number;
  updated_at: Generated<Timestamp>;
}

export interface ModelTagsTable {
  model: string;
  version: number | null;
  key: string;
  value: string;
}

export type ModelVersionsStage = "None" | "Staging" | "Production" | "Archived";

export interface ModelVersionsTable {
  model: string;
  version: number;
  project_id: string;
  artifact_id: string;
  digest: string;
  status: Generated<string>;
  status_message: Generated<string>;
  description: Generated<string>;
  card: string | null;
  source: string;
  tracked_run_id: string | null;
  run_id: string | null;
  attempt_id: string | null;
  revision_id: string | null;
  python_environment_digest: string | null;
  evaluation_artifact_id: string | null;
  test_artifact_id: string | null;
  evaluate_component: string | null;
  metrics: Generated<JsonColumn>;
  signature: JsonColumn | null;
  input_example: JsonColumn | null;
  model_check: JsonColumn | null;
  lineage: Generated<JsonColumn>;
  created_at: Generated<Timestamp>;
  created_by: string;
  stage: Generated<ModelVersionsStage>;
  run_link: Generated<string>;
  logged_model_id: string | null;
  updated_at: Generated<Timestamp>;
  check_asked_at: Timestamp | null;
  user_name: string | null;
}

export type ModelWebhookDeliveriesState = "waiting" | "delivered" | "failed";

export interface ModelWebhookDeliveriesTable {
  id: string;
  webhook_id: string;
  event: string;
  data: JsonColumn;
  state: Generated<ModelWebhookDeliveriesState>;
  attempts: Generated<number>;
  next_at: Timestamp;
  last_error: string | null;
  created_at: Timestamp;
}

export interface ModelWebhooksTable {
  id: string;
  project_id: string;
  name: string;
  description: Generated<string>;
  url: string;
  events: string[];
  secret: JsonColumn | null;
  active: boolean;
  created_by: string;
  created_at: Timestamp;
  updated_at: Timestamp;
}

export interface MonitorWindowsTable {
  deployment_id: string;
  release_id: string;
  start: Timestamp;
  end: Timestamp;
  rows: number;
  status: string;
  reason: string;
}

export type MonitorsState = "ok" | "watch" | "drift" | "too-few-rows" | "no-reference";

export interface MonitorsTable {
  deployment_id: string;
  project_id: string;
  release_id: string;
  since: Timestamp;
  state: MonitorsState;
  reason: Generated<string>;
  judged_from: Timestamp | null;
  judged_to: Timestamp | null;
  judgement: JsonColumn | null;
  recent: Generated<JsonColumn>;
  slo: JsonColumn | null;
  slo_at: Timestamp | null;
  updated_at: Generated<Timestamp>;
}

export interface MultipartUploadsTable {
  id: string;
  root: string;
  path: string;
  store: string;
  key: string;
  upload_id: string;
  principal_id: string;
  begun_at: Timestamp;
  digest: string | null;
}

export type NotificationDeliveriesState = "waiting" | "delivered" | "failed";

export interface NotificationDeliveriesTable {
  id: string;
  notification_id: string;
  target_id: string;
  principal_id: string | null;
  state: Generated<NotificationDeliveriesState>;
  batch: string | null;
  message_id: string;
  attempts: Generated<number>;
  next_at: Timestamp;
  last_status: number | null;
  last_error: string | null;
  created_at: Timestamp;
  delivered_at: Timestamp | null;
}

export interface NotificationPreferencesTable {
  principal_id: string;
  preferences: JsonColumn;
  updated_at: Generated<Timestamp>;
}

export interface NotificationRoutesTable {
  id: string;
  team_id: string | null;
  target_id: string;
  kinds: Generated<JsonColumn>;
  tiers: Generated<JsonColumn>;
  schedule: Generated<JsonColumn>;
  created_at: Generated<Timestamp>;
  created_by: string;
}

export type NotificationTargetsKind = "webhook" | "slack" | "teams" | "email";

export interface NotificationTargetsTable {
  id: string;
  team_id: string | null;
  name: string;
  kind: NotificationTargetsKind;
  settings: Generated<JsonColumn>;
  secret: JsonColumn | null;
  for_people: Generated<boolean>;
  created_at: Generated<Timestamp>;
  created_by: string;
  removed_at: Timestamp | null;
}

export interface NotificationsTable {
  id: string;
  kind: string;
  subject: string;
  project_id: string | null;
  urgent: Generated<boolean>;
  title: string;
  detail: Generated<string>;
  href: string;
  data: Generated<JsonColumn>;
  count: Generated<number>;
  first_at: Timestamp;
  last_at: Timestamp;
  closed_at: Timestamp | null;
}

export interface OidcLogoutsTable {
  jti: string;
  expires_at: Timestamp;
}

export interface OidcSignInsTable {
  state: string;
  browser: string;
  return_to: string;
  expires_at: Timestamp;
}

export interface OutboxCursorsTable {
  listener: string;
  position: number;
}

export interface OutcomesTable {
  deployment_id: string;
  predicted_at: Timestamp;
  prediction_id: string;
  row_number: number;
  at: Timestamp;
  actual: string;
  received_at: Timestamp;
  release_id: string | null;
  score: number | null;
  label: string | null;
}

export interface PasswordsTable {
  principal_id: string;
  hash: string;
  changed_at: Timestamp;
}

export type PlanStepsState = "planned" | "applying" | "applied" | "failed" | "undone";

export interface PlanStepsTable {
  plan_id: string;
  position: number;
  action_id: string;
  state: PlanStepsState;
  undo: JsonColumn | null;
  result: JsonColumn | null;
  error: string | null;
  started_at: Timestamp | null;
  finished_at: Timestamp | null;
}

export type PlansState =
  | "evaluating"
  | "blocked"
  | "open"
  | "ready"
  | "stale"
  | "applying"
  | "applied"
  | "failed"
  | "rejected"
  | "cancelled";

export interface PlansTable {
  id: string;
  project_id: string | null;
  number: number;
  environment: string;
  kind: Generated<string>;
  title: string;
  message: string | null;
  state: PlansState;
  request: JsonColumn;
  revision_id: string | null;
  actions: Generated<JsonColumn>;
  reads: Generated<JsonColumn>;
  gates: Generated<JsonColumn>;
  verdicts: Generated<JsonColumn>;
  evidence: Generated<JsonColumn>;
  pending: string | null;
  approval_rule: Generated<JsonColumn>;
  estimate: JsonColumn | null;
  hash: string;
  stale_because: Generated<JsonColumn>;
  auto_apply: Generated<boolean>;
  superseded_by: number | null;
  author: string;
  created_at: Generated<Timestamp>;
  applied_at: Timestamp | null;
  applied_by: string | null;
  failure: string | null;
  version: Generated<number>;
}

export interface PlatformSettingsTable {
  name: string;
  value: JsonColumn;
  updated_at: Generated<Timestamp>;
}

export interface PredictionsTable {
  deployment_id: string;
  at: Timestamp;
  prediction_id: string;
  row_number: number;
  release_id: string;
  score: number | null;
  label: string | null;
}

export type PrincipalsKind = "user" | "team" | "service-account" | "run" | "agent";

export interface PrincipalsTable {
  id: string;
  kind: PrincipalsKind;
  name: string;
  email: string | null;
  platform_admin: Generated<boolean>;
  created_at: Generated<Timestamp>;
  disabled_at: Timestamp | null;
  admin_by_group: Generated<boolean>;
  project_id: string | null;
  owner_id: string | null;
}

export interface ProfileWindowsTable {
  deployment_id: string;
  release_id: string;
  profile: string;
  start: Timestamp;
  seconds: number;
  rows: number;
  cells: number[];
  sums: number[];
  minima: number[];
  maxima: number[];
}

export type ProjectMembersRole = "viewer" | "developer" | "reviewer" | "admin";

export interface ProjectMembersTable {
  project_id: string;
  principal_id: string;
  role: ProjectMembersRole;
  granted_at: Generated<Timestamp>;
}

export type ProjectMembersByGroupRole = "viewer" | "developer" | "reviewer" | "admin";

export interface ProjectMembersByGroupTable {
  project_id: string;
  principal_id: string;
  role: ProjectMembersByGroupRole;
}

export interface ProjectRetentionTable {
  project_id: string;
  deleted_days: number | null;
  run_days: number | null;
  updated_at: Timestamp;
  updated_by: string;
}

export interface ProjectRulesTable {
  project_id: string;
  environment: string;
  gates: JsonColumn;
  version: Generated<number>;
  revision_id: string | null;
  plan_id: string | null;
  updated_at: Generated<Timestamp>;
}

export interface ProjectsTable {
  id: string;
  name: string;
  title: string;
  description: Generated<string>;
  owner: string;
  tier: Generated<string>;
  template_name: string | null;
  template_version: string | null;
  template_answers: JsonColumn | null;
  rendering_digest: string | null;
  version: Generated<number>;
  created_at: Generated<Timestamp>;
  created_by: string;
  updated_at: Generated<Timestamp>;
  last_run: Generated<number>;
  last_plan: Generated<number>;
  last_revision: Generated<number>;
}

export type PythonEnvironmentsState = "queued" | "building" | "ready" | "failed";

export interface PythonEnvironmentsTable {
  id: string;
  request_digest: string;
  lock_digest: string;
  request: JsonColumn;
  digest: string | null;
  state: PythonEnvironmentsState;
  interpreter: string | null;
  platform: string | null;
  tool: string | null;
  packages: Generated<JsonColumn>;
  path: string | null;
  error: string | null;
  log: Generated<string>;
  seconds: number | null;
  work_id: string | null;
  created_at: Generated<Timestamp>;
  finished_at: Timestamp | null;
}

export type ReferenceProfilesState = "making" | "ready" | "failed";

export interface ReferenceProfilesTable {
  model: string;
  version: number;
  project_id: string;
  state: ReferenceProfilesState;
  message: Generated<string>;
  prediction_source: string | null;
  artifact_id: string | null;
  profile_id: string | null;
  profile: JsonColumn | null;
  comparison_id: string | null;
  comparison: JsonColumn | null;
  cells: number | null;
  columns: number | null;
  comparison_cells: number | null;
  created_at: Generated<Timestamp>;
}

export interface RegisteredModelsTable {
  name: string;
  project_id: string;
  description: Generated<string>;
  last_version: Generated<number>;
  created_at: Generated<Timestamp>;
  updated_at: Generated<Timestamp>;
  principal_id: string | null;
}

export type ReleasesState = "pending" | "rolling-out" | "active" | "superseded" | "rolled-back" | "failed";

export interface ReleasesTable {
  id: string;
  deployment_id: string;
  number: number;
  plan_id: string | null;
  revision_id: string;
  model: string;
  model_version: number;
  model_digest: string;
  configuration: Generated<JsonColumn>;
  state: ReleasesState;
  message: string | null;
  created_by: string;
  created_at: Generated<Timestamp>;
  activated_at: Timestamp | null;
  ended_at: Timestamp | null;
}

export interface RemovedRunsTable {
  run_id: string;
}

export type RepositoriesProvider = "github" | "gitlab" | "gitea";

export interface RepositoriesTable {
  id: string;
  project_id: string;
  provider: RepositoriesProvider;
  url: string;
  folder: Generated<string>;
  branch: string;
  pipeline: string | null;
  deploy_to: string | null;
  webhook_secret: JsonColumn;
  access_token: JsonColumn | null;
  principal_id: string;
  created_by: string;
  created_at: Generated<Timestamp>;
}

export type RepositoryPushesState = "received" | "running" | "releasing" | "succeeded" | "failed" | "superseded";

export interface RepositoryPushesTable {
  id: string;
  repository_id: string;
  delivery_id: string;
  branch: string;
  commit: string;
  message: string;
  author: string;
  state: RepositoryPushesState;
  detail: Generated<string>;
  revision_number: number | null;
  run_id: string | null;
  run_number: number | null;
  plan_number: number | null;
  received_at: Timestamp;
  finished_at: Timestamp | null;
  status_due_at: Timestamp | null;
  status_version: Generated<number>;
  status_attempts: Generated<number>;
  status_error: string | null;
}

export interface RequestLogFilesTable {
  id: string;
  deployment_id: string;
  store: string;
  key: string;
  rows: number;
  bytes: number;
  from_at: Timestamp;
  to_at: Timestamp;
  created_at: Generated<Timestamp>;
}

export interface RequestLogSpoolTable {
  id: GeneratedAlways<number>;
  deployment_id: string;
  from_at: Timestamp;
  to_at: Timestamp;
  rows: number;
  bytes: number;
  content: Buffer;
  received_at: Generated<Timestamp>;
}

export type ResourcesState = "ready" | "failed" | "deleted";

export interface ResourcesTable {
  id: string;
  project_id: string;
  environment: string;
  type: string;
  name: string;
  class: string;
  provider: string;
  state: ResourcesState;
  outputs: Generated<JsonColumn>;
  plan_id: string | null;
  created_at: Generated<Timestamp>;
}

export interface ReviewAnswersTable {
  review_id: string;
  question: string;
  text: string;
  evidence: Generated<JsonColumn>;
  answered_by: string;
  answered_at: Timestamp;
}

export type ReviewsState = "open" | "approved" | "rejected" | "superseded";

export interface ReviewsTable {
  id: string;
  project_id: string;
  model: string;
  version: number;
  environment: string;
  questions: JsonColumn;
  state: Generated<ReviewsState>;
  requested_by: string;
  requested_at: Timestamp;
  decided_by: string | null;
  decided_at: Timestamp | null;
  comment: Generated<string>;
}

export interface RevisionCommitsTable {
  revision_id: string;
  commit: string;
  branch: Generated<string>;
  pushed: boolean;
  told_by: string;
  told_at: Generated<Timestamp>;
}

export interface RevisionsTable {
  id: string;
  project_id: string;
  number: number;
  digest: string;
  files: JsonColumn;
  file_count: number;
  bytes: number;
  spec: JsonColumn | null;
  git: JsonColumn | null;
  message: Generated<string>;
  created_at: Generated<Timestamp>;
  created_by: string;
  pushed_at: Generated<Timestamp>;
}

export interface RolloutCountsTable {
  rollout_id: string;
  position: number;
  release_id: string;
  requests: Generated<number>;
  rows: Generated<number>;
  errors4xx: Generated<number>;
  errors5xx: Generated<number>;
  latency_sum_ms: Generated<number>;
  latency_max_ms: Generated<number>;
  latency_buckets: Generated<number[]>;
}

export interface RolloutStepsTable {
  rollout_id: string;
  position: number;
  weight: number;
  started_at: Timestamp;
  finished_at: Timestamp | null;
  analysis: JsonColumn | null;
  looked_at: Timestamp | null;
}

export type RolloutsKind = "immediate" | "canary" | "rollback";

export type RolloutsState = "preparing" | "stepping" | "paused" | "shifting" | "completed" | "aborted" | "failed";

export type RolloutsPausedBy = "person" | "inconclusive";

export interface RolloutsTable {
  id: string;
  deployment_id: string;
  release_id: string;
  previous_release_id: string | null;
  kind: RolloutsKind;
  state: RolloutsState;
  message: string | null;
  config_version: number | null;
  started_by: string;
  started_at: Generated<Timestamp>;
  finished_at: Timestamp | null;
  number: number;
  settings: JsonColumn | null;
  step: Generated<number>;
  step_started_at: Timestamp | null;
  paused_by: RolloutsPausedBy | null;
  paused_at: Timestamp | null;
}

export type RunTotalsState = "succeeded" | "failed" | "cancelled";

export interface RunTotalsTable {
  project_id: string;
  state: RunTotalsState;
  runs: Generated<number>;
  seconds: Generated<number>;
}

export interface RunnersTable {
  id: string;
  principal_id: string;
  isolation: string | null;
  last_seen_at: Generated<Timestamp>;
  cpus: number | null;
  pythons: JsonColumn | null;
  bounds: JsonColumn | null;
}

export type RunsState = "queued" | "running" | "succeeded" | "failed" | "cancelled";

export interface RunsTable {
  id: string;
  project_id: string;
  number: number;
  kind: Generated<string>;
  pipeline: string;
  revision_id: string;
  state: RunsState;
  vars: Generated<JsonColumn>;
  message: string | null;
  failure: string | null;
  refresh: Generated<boolean>;
  cancel_requested: Generated<boolean>;
  principal_id: string;
  python_environment_id: string | null;
  tracked_run_id: string | null;
  cause: Generated<JsonColumn>;
  version: Generated<number>;
  requested_by: string;
  created_at: Generated<Timestamp>;
  started_at: Timestamp | null;
  finished_at: Timestamp | null;
  environment: string | null;
}

export interface SecretVersionsTable {
  id: string;
  secret_id: string;
  version: number;
  sealed: JsonColumn | null;
  created_by: string;
  created_at: Timestamp;
}

export interface SecretsTable {
  id: string;
  project_id: string;
  name: string;
  environment: string | null;
  version: number;
  created_by: string;
  created_at: Timestamp;
  updated_by: string;
  updated_at: Timestamp;
  last_used_at: Timestamp | null;
  last_used_run: number | null;
}

export type SessionsMethod = "link" | "invitation" | "password" | "oidc" | "device";

export interface SessionsTable {
  token_id: string;
  method: SessionsMethod;
  address: string;
  user_agent: string;
  issuer: string | null;
  subject: string | null;
  sid: string | null;
}

export type StepsState = "pending" | "ready" | "running" | "succeeded" | "failed" | "skipped" | "cancelled";

export interface StepsTable {
  id: string;
  run_id: string;
  name: string;
  position: number;
  kind: Generated<string>;
  uses: string;
  state: StepsState;
  needs: Generated<string[]>;
  definition: JsonColumn;
  cache_key: string | null;
  cache_fields: JsonColumn | null;
  cache_miss: string | null;
  cached_from: string | null;
  attempt_id: string | null;
  outputs: Generated<JsonColumn>;
  metrics: Generated<JsonColumn>;
  result: JsonColumn | null;
  message: string | null;
  version: Generated<number>;
  started_at: Timestamp | null;
  finished_at: Timestamp | null;
}

export interface StoreWritesTable {
  key: string;
  store: string;
  begun_at: Timestamp;
}

export interface TeamMembersTable {
  team_id: string;
  principal_id: string;
  by_hand: Generated<boolean>;
  by_group: Generated<boolean>;
}

export type TerminalRequestsKind = "browser" | "device";

export type TerminalRequestsState = "waiting" | "allowed" | "denied" | "used";

export interface TerminalRequestsTable {
  id: string;
  kind: TerminalRequestsKind;
  secret_sha256: string;
  user_code_sha256: string | null;
  host: string;
  address: string;
  code_challenge: string | null;
  redirect_uri: string | null;
  state: Generated<TerminalRequestsState>;
  principal_id: string | null;
  token_id: string | null;
  interval_seconds: number;
  polled_at: Timestamp | null;
  created_at: Timestamp;
  expires_at: Timestamp;
}

export type TokensKind = "link" | "session" | "api" | "run" | "runner" | "gateway";

export type TokensOrigin = "made" | "terminal" | "trust";

export interface TokensTable {
  id: string;
  kind: TokensKind;
  principal_id: string;
  sha256: string;
  hint: string;
  name: string;
  project_id: string | null;
  scopes: JsonColumn | null;
  created_at: Generated<Timestamp>;
  created_by: string | null;
  expires_at: Timestamp;
  last_used_at: Timestamp | null;
  used_at: Timestamp | null;
  revoked_at: Timestamp | null;
  origin: Generated<TokensOrigin>;
  last_used_from: string | null;
  replaced_by: string | null;
  cause_id: string | null;
  trust_id: string | null;
}

export interface TrackedDatasetsTable {
  id: GeneratedAlways<number>;
  experiment_id: number;
  name: string;
  digest: string;
  source_type: string;
  source: string;
  schema: string | null;
  profile: string | null;
}

export interface TrackedFilesTable {
  root: string;
  path: string;
  digest: string;
  size: number;
  updated_at: Generated<Timestamp>;
}

export interface TrackedInputsTable {
  run_id: string;
  dataset_id: number;
  tags: Generated<JsonColumn>;
  experiment_id: number | null;
  start_time: Timestamp | null;
}

export interface TrackedParamsTable {
  run_id: string;
  key: string;
  value: string;
  experiment_id: number | null;
  start_time: Timestamp | null;
  head: GeneratedAlways<string>;
}

export type TrackedRunModelsDirection = "input" | "output";

export interface TrackedRunModelsTable {
  run_id: string;
  model_id: string;
  direction: TrackedRunModelsDirection;
  step: Generated<number>;
}

export type TrackedRunsOwner = "client" | "pipeline" | "attempt";

export interface TrackedRunsTable {
  run_id: string;
  experiment_id: number;
  name: string;
  principal_id: string;
  status: Generated<string>;
  lifecycle_stage: Generated<string>;
  artifact_uri: string;
  parent_run_id: string | null;
  start_time: Generated<Timestamp>;
  end_time: Timestamp | null;
  owner: Generated<TrackedRunsOwner>;
  attempt_run_id: string | null;
  adopted: Generated<boolean>;
  user_name: Generated<string>;
  deleted_at: Timestamp | null;
}

export interface TrackedTagsTable {
  run_id: string;
  key: string;
  value: string;
  experiment_id: number | null;
  start_time: Timestamp | null;
  head: GeneratedAlways<string>;
}

export interface TrafficWindowsTable {
  deployment_id: string;
  release_id: string;
  start: Timestamp;
  seconds: Generated<number>;
  requests: Generated<number>;
  rows: Generated<number>;
  errors4xx: Generated<number>;
  errors5xx: Generated<number>;
  latency_sum_ms: Generated<number>;
  latency_max_ms: Generated<number>;
  latency_buckets: Generated<number[]>;
}

export type TrustsKind = "github" | "gitlab";

export interface TrustsTable {
  id: string;
  project_id: string;
  issuer: string;
  kind: TrustsKind;
  repository: string;
  repository_id: string | null;
  branch: string | null;
  tag: string | null;
  pull_requests: Generated<boolean>;
  job_environment: string | null;
  workflow: string | null;
  unprotected: Generated<boolean>;
  principal_id: string;
  role: string | null;
  scopes: JsonColumn;
  created_by: string;
  created_at: Timestamp;
  last_used_at: Timestamp | null;
  removed_at: Timestamp | null;
}

export type TruthWindowsSpan = "hour" | "day";

export interface TruthWindowsTable {
  deployment_id: string;
  span: TruthWindowsSpan;
  start: Timestamp;
  release_id: string;
  seen: Generated<number>;
  logged: Generated<number>;
  settled: Generated<number>;
  labelled: Generated<number>;
  sums: Generated<number[]>;
  cells: Generated<number[]>;
  ages: Generated<number[]>;
}

export interface UsedAssertionsTable {
  issuer: string;
  jti_sha256: string;
  until: Timestamp;
}

export type WebhookDeliveriesEvent = "alert.opened" | "alert.acknowledged" | "alert.resolved";

export type WebhookDeliveriesState = "waiting" | "delivered" | "failed";

export interface WebhookDeliveriesTable {
  id: string;
  alert_id: string;
  event: WebhookDeliveriesEvent;
  payload: JsonColumn;
  state: Generated<WebhookDeliveriesState>;
  attempts: Generated<number>;
  next_at: Timestamp;
  last_status: number | null;
  last_error: string | null;
  created_at: Generated<Timestamp>;
  delivered_at: Timestamp | null;
}

export type WorkState = "queued" | "leased" | "done" | "cancelled";

export interface WorkTable {
  id: string;
  kind: string;
  owner_kind: string;
  owner_id: string;
  project_id: string | null;
  payload: JsonColumn;
  state: Generated<WorkState>;
  cancel_requested: Generated<boolean>;
  runner_id: string | null;
  fence: Generated<number>;
  lease_until: Timestamp | null;
  progress: string | null;
  started_at: Timestamp | null;
  result: JsonColumn | null;
  claims: Generated<number>;
  created_at: Generated<Timestamp>;
  available_at: Generated<Timestamp>;
  finished_at: Timestamp | null;
}

/** Every table by name, as Kysely wants it. */
export interface Tables {
  access_attempts: AccessAttemptsTable;
  alerts: AlertsTable;
  approvals: ApprovalsTable;
  artifacts: ArtifactsTable;
  attempt_logs: AttemptLogsTable;
  attempt_secrets: AttemptSecretsTable;
  attempts: AttemptsTable;
  backup_checks: BackupChecksTable;
  backups: BackupsTable;
  blob_holders: BlobHoldersTable;
  blobs: BlobsTable;
  collection_marks: CollectionMarksTable;
  collections: CollectionsTable;
  comment_versions: CommentVersionsTable;
  comments: CommentsTable;
  components: ComponentsTable;
  connections: ConnectionsTable;
  contradictions: ContradictionsTable;
  dataset_versions: DatasetVersionsTable;
  deployments: DeploymentsTable;
  environments: EnvironmentsTable;
  evaluations: EvaluationsTable;
  experiment_tags: ExperimentTagsTable;
  experiments: ExperimentsTable;
  gateway_config: GatewayConfigTable;
  gateway_windows: GatewayWindowsTable;
  gateways: GatewaysTable;
  identities: IdentitiesTable;
  imported_items: ImportedItemsTable;
  imports: ImportsTable;
  inbox_items: InboxItemsTable;
  invitations: InvitationsTable;
  label_counts: LabelCountsTable;
  latest_metrics: LatestMetricsTable;
  leases: LeasesTable;
  ledger_checkpoints: LedgerCheckpointsTable;
  ledger_events: LedgerEventsTable;
  ledger_seals: LedgerSealsTable;
  log_parts: LogPartsTable;
  logged_model_metrics: LoggedModelMetricsTable;
  logged_model_params: LoggedModelParamsTable;
  logged_model_tags: LoggedModelTagsTable;
  logged_models: LoggedModelsTable;
  logged_releases: LoggedReleasesTable;
  metric_points: MetricPointsTable;
  model_aliases: ModelAliasesTable;
  model_tags: ModelTagsTable;
  model_versions: ModelVersionsTable;
  model_webhook_deliveries: ModelWebhookDeliveriesTable;
  model_webhooks: ModelWebhooksTable;
  monitor_windows: MonitorWindowsTable;
  monitors: MonitorsTable;
  multipart_uploads: MultipartUploadsTable;
  notification_deliveries: NotificationDeliveriesTable;
  notification_preferences: NotificationPreferencesTable;
  notification_routes: NotificationRoutesTable;
  notification_targets: NotificationTargetsTable;
  notifications: NotificationsTable;
  oidc_logouts: OidcLogoutsTable;
  oidc_sign_ins: OidcSignInsTable;
  outbox_cursors: OutboxCursorsTable;
  outcomes: OutcomesTable;
  passwords: PasswordsTable;
  plan_steps: PlanStepsTable;
  plans: PlansTable;
  platform_settings: PlatformSettingsTable;
  predictions: PredictionsTable;
  principals: PrincipalsTable;
  profile_windows: ProfileWindowsTable;
  project_members: ProjectMembersTable;
  project_members_by_group: ProjectMembersByGroupTable;
  project_retention: ProjectRetentionTable;
  project_rules: ProjectRulesTable;
  projects: ProjectsTable;
  python_environments: PythonEnvironmentsTable;
  reference_profiles: ReferenceProfilesTable;
  registered_models: RegisteredModelsTable;
  releases: ReleasesTable;
  removed_runs: RemovedRunsTable;
  repositories: RepositoriesTable;
  repository_pushes: RepositoryPushesTable;
  request_log_files: RequestLogFilesTable;
  request_log_spool: RequestLogSpoolTable;
  resources: ResourcesTable;
  review_answers: ReviewAnswersTable;
  reviews: ReviewsTable;
  revision_commits: RevisionCommitsTable;
  revisions: RevisionsTable;
  rollout_counts: RolloutCountsTable;
  rollout_steps: RolloutStepsTable;
  rollouts: RolloutsTable;
  run_totals: RunTotalsTable;
  runners: RunnersTable;
  runs: RunsTable;
  secret_versions: SecretVersionsTable;
  secrets: SecretsTable;
  sessions: SessionsTable;
  steps: StepsTable;
  store_writes: StoreWritesTable;
  team_members: TeamMembersTable;
  terminal_requests: TerminalRequestsTable;
  tokens: TokensTable;
  tracked_datasets: TrackedDatasetsTable;
  tracked_files: TrackedFilesTable;
  tracked_inputs: TrackedInputsTable;
  tracked_params: TrackedParamsTable;
  tracked_run_models: TrackedRunModelsTable;
  tracked_runs: TrackedRunsTable;
  tracked_tags: TrackedTagsTable;
  traffic_windows: TrafficWindowsTable;
  trusts: TrustsTable;
  truth_windows: TruthWindowsTable;
  used_assertions: UsedAssertionsTable;
  webhook_deliveries: WebhookDeliveriesTable;
  work: WorkTable;
}
