/*
 * Two projects with one of everything, so that a request can name what is there, what another project has, and what
 * nobody has. Rows are written as the modules would leave them; what matters here is only that they are there.
 */
import { createHash } from "node:crypto";
import { json } from "../db/column-types.ts";
import type { Ctx } from "../db/context.ts";
import { newId } from "../kernel/ids.ts";

export interface Things {
  readonly project: string;
  readonly projectId: string;
  /** Of runs, plans, alerts, revisions, versions, rollouts: another in each project, so that numbers tell them apart. */
  readonly number: number;
  readonly step: string;
  readonly model: string;
  readonly deployment: string;
  readonly artifact: string;
  readonly file: string;
  readonly digest: string;
  readonly comment: string;
  readonly review: string;
  readonly trackedRun: string;
  readonly loggedModel: string;
  readonly experiment: string;
  readonly account: string;
  readonly trust: string;
  readonly secret: string;
  readonly connection: string;
  /** One that is running, and has begun the tracked run. */
  readonly import: string;
  readonly webhook: string;
}

export const environment = "staging";
export const question = "intended-use";

export async function insertThings(ctx: Ctx, project: { id: string; name: string }, number: number): Promise<Things> {
  const by = "system";
  const { db } = ctx;
  const digest = `sha256:${createHash("sha256").update(project.name).digest("hex")}`;
  const ids = { run: newId(), plan: newId(), release: newId(), deployment: newId(), comment: newId(), review: newId() };
  const projectId = project.id;
  const [artifact, file, revision, rollout] = [newId(), newId(), newId(), newId()];
  const names = { model: `${project.name}-model`, deployment: `${project.name}-late`, step: `${project.name}-train` };
  const now = new Date();
  await db
    .insertInto("revisions")
    .values({
      id: revision,
      project_id: projectId,
      number,
      digest,
      files: json([]),
      file_count: 0,
      bytes: 0,
      created_by: by,
    })
    .execute();
  await db
    .insertInto("runs")
    .values({
      ...{ id: ids.run, project_id: projectId, number, pipeline: "train", revision_id: revision },
      ...{ state: "succeeded", principal_id: by, requested_by: by },
    })
    .execute();
  await db
    .insertInto("steps")
    .values({
      ...{ id: newId(), run_id: ids.run, name: names.step, position: 0, uses: "train@1", state: "succeeded" },
      definition: json({
        ...{ kind: "command", command: [], code: [], params: {}, bindings: {}, inputs: {}, outputs: {} },
        component: { name: "train", version: "1", digest, builtin: null },
      }),
    })
    .execute();
  await db
    .insertInto("artifacts")
    .values({ id: artifact, digest, project_id: projectId, type: "model", name: "model", files: json([]), bytes: 0 })
    .execute();
  await db.insertInto("registered_models").values({ name: names.model, project_id: projectId }).execute();
  await db
    .insertInto("model_versions")
    .values({
      ...{ model: names.model, version: number, project_id: projectId, artifact_id: artifact, digest },
      ...{
        source: "",
        created_by: by,
        run_id: ids.run,
        lineage: json({ datasets: [], components: [], evaluation: null }),
      },
    })
    .execute();
  await db
    .insertInto("reference_profiles")
    .values({ model: names.model, version: number, project_id: projectId, state: "failed" })
    .execute();
  await db
    .insertInto("plans")
    .values({
      ...{ id: ids.plan, project_id: projectId, number, environment, title: "plan", state: "cancelled", author: by },
      ...{ request: json({ asked: {}, pinned: null }), hash: digest },
      approval_rule: json({ roles: ["reviewer"], quorum: 1, selfApproval: false }),
    })
    .execute();
  await db
    .insertInto("deployments")
    .values({ id: ids.deployment, project_id: projectId, environment, name: names.deployment })
    .execute();
  await db
    .insertInto("releases")
    .values({
      ...{ id: ids.release, deployment_id: ids.deployment, number, revision_id: revision, model: names.model },
      ...{ model_version: number, model_digest: digest, state: "active", created_by: by },
    })
    .execute();
  await db
    .insertInto("rollouts")
    .values({
      ...{ id: rollout, deployment_id: ids.deployment, release_id: ids.release, number },
      ...{ kind: "immediate", state: "completed", started_by: by },
    })
    .execute();
  await db
    .insertInto("monitors")
    .values({
      ...{ deployment_id: ids.deployment, project_id: projectId, release_id: ids.release },
      ...{ since: now, state: "no-reference" },
    })
    .execute();
  await db
    .insertInto("alerts")
    .values({
      ...{ id: newId(), project_id: projectId, number, deployment_id: ids.deployment, key: project.name },
      ...{ kind: "latency", severity: "page", state: "resolved", title: "t", reason: "r", fix: "f" },
      ...{ opened_at: now, seen_at: now, resolved_at: now },
    })
    .execute();
  await db
    .insertInto("request_log_files")
    .values({
      ...{ id: file, deployment_id: ids.deployment, store: "folder", key: project.name, rows: 0, bytes: 0 },
      ...{ from_at: now, to_at: now },
    })
    .execute();
  await db
    .insertInto("comments")
    .values({
      ...{ id: ids.comment, project_id: projectId, subject: `run/${number}`, text: project.name, author: by },
      created_at: now,
    })
    .execute();
  await db
    .insertInto("reviews")
    .values({
      ...{ id: ids.review, project_id: projectId, model: names.model, version: number, environment },
      ...{ questions: json([{ id: question, ask: "What for?", evidence: "optional" }]), requested_by: by },
      requested_at: now,
    })
    .execute();
  const experiment = await db
    .selectFrom("experiments")
    .select("id")
    .where("project_id", "=", projectId)
    .executeTakeFirstOrThrow();
  const hex = createHash("md5").update(project.name).digest("hex");
  await db
    .insertInto("tracked_runs")
    .values({
      ...{ run_id: hex, experiment_id: experiment.id, name: "tracked", principal_id: by },
      artifact_uri: `mlflow-artifacts:/${experiment.id}/${hex}/artifacts`,
    })
    .execute();
  await db
    .insertInto("logged_models")
    .values({
      ...{ model_id: `m-${hex}`, experiment_id: experiment.id, name: "logged", principal_id: by },
      artifact_uri: `mlflow-artifacts:/${experiment.id}/models/m-${hex}/artifacts`,
    })
    .execute();
  const given = await insertGiven(ctx, project);
  const copied = await insertImport(ctx, projectId, hex);
  return {
    ...given,
    import: copied,
    webhook: await insertWebhook(ctx, projectId),
    ...{ project: project.name, projectId, number, ...names, artifact, file, digest },
    ...{ comment: ids.comment, review: ids.review },
    ...{ trackedRun: hex, loggedModel: `m-${hex}`, experiment: String(experiment.id) },
  };
}

/** What a project's steps and jobs are given. */
async function insertGiven(ctx: Ctx, project: { id: string; name: string }) {
  const { db } = ctx;
  const now = new Date();
  const by = "system";
  const [account, trust] = [newId(), newId()];
  const names = {
    account: `${project.name}-ci`,
    secret: `KEY_${project.name.toUpperCase()}`,
    connection: `${project.name}-db`,
  };
  const told = { created_by: by, created_at: now, updated_by: by, updated_at: now };
  await db
    .insertInto("principals")
    .values({ id: account, kind: "service-account", name: names.account, project_id: project.id })
    .execute();
  await db
    .insertInto("trusts")
    .values({
      ...{ id: trust, project_id: project.id, issuer: "https://gitlab.com", kind: "gitlab", repository: "a/b" },
      ...{ branch: "main", principal_id: account, scopes: json(["run.start"]), created_by: by, created_at: now },
    })
    .execute();
  await db
    .insertInto("secrets")
    .values({ id: newId(), project_id: project.id, name: names.secret, version: 1, ...told })
    .execute();
  await db
    .insertInto("connections")
    .values({
      ...{ id: newId(), project_id: project.id, name: names.connection, type: "http", version: 1 },
      ...{ settings: json({ url: "https://example.org" }), ...told },
    })
    .execute();
  return { ...names, trust };
}

async function insertImport(ctx: Ctx, projectId: string, runId: string): Promise<string> {
  const [id, now] = [newId(), new Date()];
  await ctx.db
    .insertInto("imports")
    .values({
      ...{
        id,
        project_id: projectId,
        source: "http://mlflow.example",
        source_version: "3.1.0",
        principal_id: "system",
      },
      ...{ started_at: now, last_at: now },
    })
    .execute();
  await ctx.db
    .insertInto("imported_items")
    .values({ project_id: projectId, kind: "run", key: runId, import_id: id, state: "begun", updated_at: now })
    .execute();
  return id;
}

async function insertWebhook(ctx: Ctx, projectId: string): Promise<string> {
  const [id, now] = [newId(), new Date()];
  await ctx.db
    .insertInto("model_webhooks")
    .values({
      ...{ id, project_id: projectId, name: "hook", url: "https://example.org", events: ["model_version.created"] },
      ...{ active: true, created_by: "system", created_at: now, updated_at: now },
    })
    .execute();
  return id;
}

export async function insertPlatformPlan(ctx: Ctx, number: number): Promise<void> {
  await ctx.db
    .insertInto("plans")
    .values({
      ...{ id: newId(), number, environment, kind: "environment", title: "plan", state: "cancelled", author: "system" },
      ...{ request: json({ asked: {}, pinned: null }), hash: `sha256:${"0".repeat(64)}` },
      approval_rule: json({ roles: ["admin"], quorum: 1, selfApproval: false }),
    })
    .execute();
}
