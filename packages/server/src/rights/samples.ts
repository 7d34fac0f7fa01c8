/*
 * What the role matrix sends. A new route needs nothing here when its path parameters are known and it takes no input.
 * Else the test says which entry is missing:
 *   `parameters`  a value for `:name`: what the project has, what another project has, what nobody has
 *   `queries`     what a GET needs to answer 2xx
 *   `bodies`      what a route with an id in its path needs to get as far as looking for that id
 */
import type { RouteName } from "@pave/contract";
import { environment, question, type Things } from "./things.ts";

export interface Sample {
  readonly mine: string;
  /** Of another project; left out where the parameter names nothing that belongs to a project. */
  readonly theirs?: string;
  readonly missing: string;
}

const nobodys = "00000000-0000-7000-8000-000000000000";

/** By the name in the path, or `routeName.name` where a route means something else by it. */
export const parameters = (mine: Things, theirs: Things): Readonly<Record<string, Sample>> => ({
  project: { mine: mine.project, theirs: theirs.project, missing: "nothing" },
  run: { mine: String(mine.number), theirs: String(theirs.number), missing: "999" },
  plan: { mine: String(mine.number), theirs: String(theirs.number), missing: "999" },
  alert: { mine: String(mine.number), theirs: String(theirs.number), missing: "999" },
  revision: { mine: String(mine.number), theirs: String(theirs.number), missing: "999" },
  rollout: { mine: String(mine.number), theirs: String(theirs.number), missing: "999" },
  version: { mine: String(mine.number), theirs: String(theirs.number), missing: "999" },
  step: { mine: mine.step, theirs: theirs.step, missing: "nothing" },
  model: { mine: mine.model, theirs: theirs.model, missing: "nothing" },
  deployment: { mine: mine.deployment, theirs: theirs.deployment, missing: "nothing" },
  artifact: { mine: mine.artifact, theirs: theirs.artifact, missing: nobodys },
  file: { mine: mine.file, theirs: theirs.file, missing: nobodys },
  comment: { mine: mine.comment, theirs: theirs.comment, missing: nobodys },
  review: { mine: mine.review, theirs: theirs.review, missing: nobodys },
  question: { mine: question, missing: "nothing" },
  experiment: { mine: mine.experiment, theirs: theirs.experiment, missing: "999999" },
  trackedRun: { mine: mine.trackedRun, theirs: theirs.trackedRun, missing: "0".repeat(32) },
  place: { mine: mine.trackedRun, theirs: theirs.trackedRun, missing: "0".repeat(32) },
  environment: { mine: environment, missing: "nowhere" },
  "getPython.environment": { mine: nobodys, missing: nobodys },
  alias: { mine: "champion", missing: "nothing" },
  digest: { mine: mine.digest, missing: `sha256:${"0".repeat(64)}` },
  principal: { mine: "mine-viewer", missing: "nobody-at-all" },
  team: { mine: "platform", missing: "no-team" },
  token: { mine: nobodys, missing: nobodys },
  template: { mine: "tabular-classification", missing: "nothing" },
  work: { mine: nobodys, missing: nobodys },
  trust: { mine: mine.trust, theirs: theirs.trust, missing: nobodys },
  account: { mine: mine.account, theirs: theirs.account, missing: "nobody-at-all" },
  secret: { mine: mine.secret, theirs: theirs.secret, missing: "NOTHING" },
  connection: { mine: mine.connection, theirs: theirs.connection, missing: "nothing" },
  // whoever sets one names it: what another project calls its own is free here
  "setSecret.secret": { mine: mine.secret, missing: "NOTHING" },
  "registerModelVersion.model": { mine: mine.model, missing: "nothing" },
  "setConnection.connection": { mine: mine.connection, missing: "nothing" },
  person: { mine: "mine-viewer", missing: "nobody-at-all" },
  invitation: { mine: nobodys, missing: nobodys },
  session: { mine: nobodys, missing: nobodys },
  collection: { mine: nobodys, missing: nobodys },
  backup: { mine: nobodys, missing: nobodys },
  target: { mine: nobodys, missing: nobodys },
  route: { mine: nobodys, missing: nobodys },
  delivery: { mine: nobodys, missing: nobodys },
  repository: { mine: nobodys, missing: nobodys },
  import: { mine: mine.import, theirs: theirs.import, missing: nobodys },
});

export const queries = (mine: Things): Partial<Record<RouteName, string>> => ({
  compareRuns: `ids=${mine.trackedRun}`,
  metricCurves: `ids=${mine.trackedRun}&metric=loss`,
  runCurves: "keys=loss",
  previewFile: "path=a.txt",
  getFile: "path=a.txt",
  groupRuns: "by=params.depth",
  listRunValues: "of=params.depth",
  gatewayConfig: "after=0&waitSeconds=0",
  compareModelVersions: "with=1",
  explainAccess: "action=platform.use",
  getRevisionFile: "path=pave.yaml",
  getArtifactFile: "path=model.onnx",
  listComments: `subject=run/${mine.number}`,
  listImportedFiles: `root=run/${mine.trackedRun}`,
  importFile: `root=run/${mine.trackedRun}&path=a.txt&size=0`,
});

const ofSource = { runId: "0".repeat(32), modelId: `m-${"0".repeat(32)}`, digest: `sha256:${"0".repeat(64)}` };
const times = { createdAt: 1, updatedAt: 1 };

const decision = { hash: `sha256:${"0".repeat(64)}`, comment: "" };

export const bodies: Partial<Record<RouteName, object>> = {
  approvePlan: decision,
  rejectPlan: decision,
  applyPlan: decision,
  acknowledgeAlert: { comment: "" },
  rollbackDeployment: { reason: "r" },
  tryDeployment: { input: {} },
  pauseRollout: {},
  resumeRollout: {},
  abortRollout: {},
  promoteRollout: {},
  editComment: { text: "t" },
  resolveThread: { resolved: true },
  requestReview: { environment },
  answerReview: { text: "t" },
  decideReview: { verdict: "approved" },
  setAlias: { version: "1" },
  renameModel: { name: "new-name" },
  importExperiment: { id: "1", name: "n", tags: {}, isDeleted: false, ...times, digest: ofSource.digest },
  importRuns: {
    runs: [
      {
        ...{ runId: ofSource.runId, experimentId: 1, name: "n", userName: "u", status: "FINISHED", startTime: 1 },
        ...{ endTime: null, isDeleted: false, params: {}, tags: {}, datasets: [] },
      },
    ],
  },
  importPoints: { series: [] },
  nameImportedFile: { root: `run/${ofSource.runId}`, path: "a.txt", size: 0, digest: ofSource.digest },
  markRunsCopied: { runs: [{ runId: ofSource.runId, digest: ofSource.digest }] },
  finishRuns: { runs: [{ runId: ofSource.runId, isDeleted: false, models: [] }] },
  importLoggedModel: {
    ...{ modelId: ofSource.modelId, experimentId: 1, name: "n", modelType: "", status: "READY", statusMessage: "" },
    ...{ sourceRunId: null, ...times, params: {}, tags: {}, metrics: [] },
  },
  finishLoggedModel: { modelId: ofSource.modelId, isDeleted: false, digest: ofSource.digest },
  importModel: { name: "n", description: "", tags: {}, ...times },
  importVersion: {
    ...{ name: "n", version: 1, source: "s", files: { root: `run/${ofSource.runId}`, path: "" }, runId: null },
    ...{ modelId: null, runLink: "", description: "", stage: "None", userName: "", ...times, tags: {} },
    digest: ofSource.digest,
  },
  finishModel: { name: "n", aliases: {}, updatedAt: 1, digest: ofSource.digest },
  endImport: { result: "done", report: { counts: {}, skipped: [], notes: [] } },
  registerModelVersion: { source: "runs:/0" },
};

/** GETs that a reader gets no 2xx from here, and why. */
export const answersOtherwise: Partial<Record<RouteName, string>> = {
  stream: "never ends",
  getPython: "there is none",
  getArtifactFile: "the artifact has no file",
  previewFile: "the run has no file",
  getFile: "the run has no file",
  getRevisionFile: "the revision has no file",
  getRequestLogFile: "its bytes are not there",
  getBackup: "there is none",
  getCollection: "there is none",
  downloadBackup: "there is none",
};

const ofTeams = "they belong to teams, and a limited token changes nothing of those";

/** Routes whose handler asks for more than the table: for whom, and why. */
export const asksForMore: Partial<Record<RouteName, string>> = {
  findTrackedRun: "the run's project has to be theirs to read",
  signOut: "ends the session that the test still needs",
  createSignInLink: "a limited token makes none",
  rotateToken: "a limited token rotates only itself",
  listNotificationTargets: ofTeams,
  removeNotificationTarget: ofTeams,
  testNotificationTarget: ofTeams,
  listNotificationRoutes: ofTeams,
  removeNotificationRoute: ofTeams,
  listNotificationDeliveries: ofTeams,
  sendNotificationAgain: ofTeams,
};

/** Input for a route of MLflow's protocol that names what the project has, whatever the route takes of it. */
export function mlflowInput(path: string, { experiment, trackedRun, loggedModel, model, webhook, project }: Things) {
  const url = path
    .replace(":model", loggedModel)
    .replace(":tag", "t")
    .replace(":webhook", webhook)
    .replace(":workspace", project)
    .replace("*", `${experiment}/${trackedRun}/artifacts/a.txt`);
  const known = {
    ...{ experiment_id: experiment, experiment_ids: [experiment], experiment_name: "mine" },
    ...{ run_id: trackedRun, run_ids: [trackedRun], metric_key: "loss", key: "k", value: "1", timestamp: 1 },
    ...{
      name: path.includes("logged-models")
        ? "logged"
        : /(experiments|registered-models).create|webhooks/.test(path)
          ? "new-thing"
          : model,
    },
    ...{ new_name: "new", version: "1", alias: "a", source: `models:/${loggedModel}`, stage: "None" },
    ...{
      status: path.includes("logged-models")
        ? "LOGGED_MODEL_READY"
        : path.includes("webhooks")
          ? "DISABLED"
          : "FINISHED",
      model_json: "{}",
      description: "d",
    },
    ...{ url: "https://example.org", events: [{ entity: "MODEL_VERSION", action: "CREATED" }] },
    path: path.includes("mlflow-artifacts") ? `${experiment}/${trackedRun}/artifacts` : "",
  };
  return { url, known };
}
