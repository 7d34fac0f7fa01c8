import { peopleSentences, subjectPath } from "./people-sentences.ts";

export interface ShownEvent {
  readonly type: string;
  readonly result: string;
  readonly subjectId: string;
  /** Of a principal, where it is known. */
  readonly subjectName?: string | undefined;
  readonly data: unknown;
}

/** Events that a feed leaves out: they are evidence, or said by another that always comes with them. */
export const quietEvents: ReadonlySet<string> = new Set([
  "session.started",
  "link.created",
  "token.created",
  "token.revoked",
  "principal.disabled",
  "plan.evaluated",
  "plan.started",
  "plan.superseded",
  "release.created",
  "comment.mentioned",
  "comment.edited",
  "python-environment.requested",
  "backup.requested",
  "backup.check-requested",
  "backup.drill-requested",
  "secret.used",
  "connection.used",
  "connection.checked",
]);

/** "approved" and "plan 4 in production": apart, so that what one person did to one thing can be said in one line. */
export interface EventWords {
  readonly verb: string;
  readonly object: string;
  /** What became of the object. */
  readonly end?: string;
}
export type Say = (data: Facts, event: ShownEvent) => EventWords;
/** The value as text, "" where there is none. */
type Facts = (name: string) => string;

const plan = (verb: string): Say => {
  return (data) => ({ verb, object: `plan ${data("number")}${inEnvironment(data)}` });
};
const run = (verb: string): Say => {
  return (data) => ({ verb, object: runWords(data) });
};
const subject = (verb: string, what = ""): Say => {
  return (_, { subjectId }) => ({ verb, object: `${what}${subjectId}` });
};
const gates = (verb: string): Say => {
  return (data) => ({ verb, object: `the project's gates${inEnvironment(data)}` });
};
/** A version that came or went at an endpoint. */
const version = (verb: string, way: string): Say => {
  return (data) => ({ verb, object: `version ${data("version")} ${way} ${endpoint(data)}` });
};
const rollout = (verb: string): Say => {
  return (data) => ({ verb, object: `the rollout of version ${data("version")} to ${endpoint(data)}` });
};
/** What a person gave as the reason. */
const said = (data: Facts): string => (data("because") ? `saying “${data("because")}”` : "");
const versionAt = (data: Facts): string => `version ${data("version")} in ${endpoint(data)}`;
const rollback = (verb: string): Say => {
  return (data) => ({ verb, object: `${endpoint(data)} back to version ${data("version")}` });
};
const runWords = (data: Facts): string =>
  data("kind") === "evaluation"
    ? `evaluation run ${data("number")}`
    : `run ${data("number")}${data("pipeline") ? ` of ${data("pipeline")}` : ""}`;
const inEnvironment = (data: Facts): string => (data("environment") ? ` in ${data("environment")}` : "");
const endpoint = (data: Facts): string => [data("environment"), data("deployment")].filter(Boolean).join(" / ");
const isFine = (result: string): boolean => result === "ok" || result === "succeeded";

const backup = (verb: string): Say => {
  return (data) => ({ verb, object: "a backup", ...(data("message") ? { end: data("message") } : {}) });
};

const sentences: Readonly<Record<string, Say>> = {
  "platform.restored": () => ({ verb: "was restored from", object: "a backup" }),
  "backup.finished": backup("made"),
  "backup.failed": backup("could not make"),
  "backup.removed": backup("removed"),
  "backup.downloaded": backup("downloaded"),
  "backup.check-passed": backup("read all bytes of"),
  "backup.check-failed": backup("found damage in"),
  "backup.drill-passed": backup("proved, by restoring it on the side,"),
  "backup.drill-failed": backup("could not restore, on the side,"),
  "collection.requested": () => ({ verb: "asked for", object: "a collection of what can go" }),
  "collection.finished": (data) => ({
    verb: "removed",
    object: `${data("runs")} deleted runs and ${data("bytes")} bytes that nothing needed`,
  }),
  "project.retention-changed": () => ({ verb: "changed", object: "how long deleted things and old runs are kept" }),
  "project.created": (data) => ({ verb: "created", object: `the project ${data("name")}` }),
  "project.tier-changed": (data) => ({ verb: "made", object: "the project", end: data("tier") }),
  "revision.pushed": (data) => ({ verb: "pushed", object: `revision ${data("number")}` }),
  "secret.set": (data) => ({ verb: "set", object: `the secret ${data("name")}${inEnvironment(data)}` }),
  "secret.removed": (data) => ({ verb: "removed", object: `the secret ${data("name")}${inEnvironment(data)}` }),
  "connection.set": (data) => ({ verb: "set", object: `the connection ${data("name")}${inEnvironment(data)}` }),
  "connection.removed": (data) => ({ verb: "removed", object: `the connection ${data("name")}${inEnvironment(data)}` }),
  "master-key.rotated": () => ({ verb: "rotated", object: "the master key of secrets" }),
  "environment.changed": subject("changed", "the environment "),
  "environment.restored": subject("restored", "the environment "),
  "run.requested": run("started"),
  // nobody fails a run: whoever started it sees it fail
  "run.finished": (data, { result }) =>
    isFine(result)
      ? { verb: "completed", object: runWords(data) }
      : { verb: "saw", object: runWords(data), end: result === "failed" ? "fail" : result },
  "run.retried": run("retried"),
  "run.cancel-requested": run("cancelled"),
  "model.checked": (data, { result }) => ({
    verb: isFine(result) ? "checked" : "found a problem in",
    object: `${data("model")} version ${data("version")}`,
  }),
  "model.registered": (data) => ({ verb: "registered", object: `${data("model")} version ${data("version")}` }),
  "model.alias-set": (data, { subjectId }) => ({
    verb: "set",
    object: `@${data("alias")} of ${subjectId} to version ${data("version")}`,
  }),
  "model.alias-deleted": (data, { subjectId }) => ({ verb: "removed", object: `@${data("alias")} of ${subjectId}` }),
  "model.renamed": (data) => ({ verb: "renamed", object: `model ${data("from")} to ${data("model")}` }),
  "webhook.created": (data) => ({ verb: "made", object: `the webhook ${data("name")} to ${data("host")}` }),
  "webhook.updated": (data) => ({ verb: "changed", object: `the webhook ${data("name")} to ${data("host")}` }),
  "webhook.deleted": (data) => ({ verb: "deleted", object: `the webhook ${data("name")}` }),
  "webhook.given-up": (data) => ({ verb: "gave up on", object: `the webhook ${data("name")}: ${data("problem")}` }),
  "import.started": (data) => ({ verb: "began to copy", object: `from ${data("source")}` }),
  "import.runs-copied": (data) => ({ verb: "copied", object: `${data("count")} runs from ${data("source")}` }),
  "import.runs-changed": (data) => ({ verb: "copied", object: `${data("count")} runs anew from ${data("source")}` }),
  "import.model-copied": (data) => ({ verb: "copied", object: `model ${data("model")} from ${data("source")}` }),
  "import.ended": (data, { result }) => ({
    verb: isFine(result) ? "copied all" : "stopped copying",
    object: `from ${data("source")}`,
  }),
  "plan.created": plan("created"),
  "plan.recomputed": plan("recomputed"),
  "plan.approved": plan("approved"),
  "plan.rejected": plan("rejected"),
  "plan.cancelled": plan("withdrew"),
  "plan.stale": (data) => ({ verb: "found", object: `plan ${data("number")}${inEnvironment(data)}`, end: "stale" }),
  "plan.applied": plan("applied"),
  "plan.failed": plan("could not apply"),
  "release.activated": version("released", "to"),
  "release.failed": version("could not release", "to"),
  "release.reverted": version("took", "out of"),
  "rollout.stepped": (data) => ({
    verb: "gave",
    object: `${data("weight")} % of ${endpoint(data)} to version ${data("version")}`,
  }),
  "rollout.paused": (data, event) => ({
    ...rollout("paused")(data, event),
    end: data("by") === "inconclusive" ? `for want of a verdict: ${data("because")}` : said(data),
  }),
  "rollout.resumed": (data, event) => ({ ...rollout("resumed")(data, event), end: said(data) }),
  "rollout.promoted": (data, event) => ({
    ...rollout("gave all traffic without waiting in")(data, event),
    end: said(data),
  }),
  // Pave decides on its own, or a person does: the one has found something, the other has said something
  "rollout.aborted": (data, event) =>
    data("by") === "person" || data("by") === ""
      ? { ...rollout("aborted")(data, event), end: said(data) }
      : { verb: "rolled back", object: versionAt(data), end: `by itself: ${data("because")}` },
  "rollback.requested": rollback("asked to roll"),
  "deployment.rolled-back": rollback("rolled"),
  "alert.opened": (data) => ({
    verb: "opened",
    object: `alert ${data("number")}`,
    end: data("title") && `(${data("title")})`,
  }),
  "alert.acknowledged": (data) => ({ verb: "acknowledged", object: `alert ${data("number")}` }),
  "alert.resolved": (data) => ({ verb: "resolved", object: `alert ${data("number")}` }),
  "gates.changed": gates("changed"),
  "gates.restored": gates("restored"),
  "resource.provisioned": subject("provisioned"),
  "resource.withdrawn": subject("withdrew"),
  "python-environment.built": () => ({ verb: "built", object: "a Python environment" }),
  "python-environment.failed": () => ({ verb: "could not build", object: "a Python environment" }),
  "principal.created": (data) => ({ verb: "added", object: `the ${data("kind") || "user"} ${data("name")}` }),
  "member.set": (data, { subjectName }) => ({ verb: "made", object: subjectName ?? "somebody", end: data("role") }),
  "member.removed": (_, { subjectName }) => ({ verb: "removed", object: subjectName ?? "a member" }),
  ...peopleSentences,
  "notification-target.added": (data) => ({ verb: "added", object: `the ${data("kind")} target ${data("name")}` }),
  "notification-target.removed": (data) => ({ verb: "removed", object: `the ${data("kind")} target ${data("name")}` }),
  "notification-route.added": (data) => ({ verb: "added", object: `a route to ${data("target")}` }),
  "notification-route.removed": (data) => ({ verb: "removed", object: `a route to ${data("target")}` }),
  "team.member-added": (data, { subjectName }) => ({
    verb: "added",
    object: `${subjectName ?? "somebody"} to the team ${data("team")}`,
  }),
  "team.member-removed": (data, { subjectName }) => ({
    verb: "took",
    object: `${subjectName ?? "somebody"} out of the team ${data("team")}`,
  }),
};

/** What is said of an event after the name of who did it; what has no words of its own is said by its type. */
export function eventWords(event: ShownEvent): EventWords {
  const say = sentences[event.type];
  if (say) return say(factsOf(event), event);
  const [noun = "", verb = ""] = event.type.split(".");
  return { verb: verb.replaceAll("-", " "), object: noun.replaceAll("-", " ") };
}

/** The portal's page about what the event is of. */
export function eventHref(event: ShownEvent, project: string | null): string | null {
  const data = factsOf(event);
  const noun = event.type.split(".")[0] ?? "";
  if (project === null) {
    const number = noun === "plan" ? data("number") : noun === "environment" ? data("plan") : "";
    return number ? planHref(null, number) : null;
  }
  const at = (path: string): string => `/projects/${project}${path}`;
  if (noun === "run" && data("number")) return at(`/runs/${data("number")}`);
  if (noun === "plan" && data("number")) return planHref(project, data("number"));
  if (noun === "rollout" && data("rollout"))
    return at(`/deployments/${data("environment")}/${data("deployment")}/rollouts/${data("rollout")}`);
  if (["release", "rollback", "deployment"].includes(noun) && data("deployment"))
    return at(`/deployments/${data("environment")}/${data("deployment")}`);
  if (noun === "alert") return at(`/monitoring/alerts/${data("number")}`);
  if (noun === "comment" || noun === "review") {
    const [model, version] = event.subjectId.split("@");
    return at(subjectPath(noun === "comment" ? data("subject") : `model/${model}/${version}`) ?? "");
  }
  const model = noun === "model" ? data("model") || event.subjectId : "";
  // clients of MLflow name models as they like
  return model && data("version") ? at(`/models/${encodeURIComponent(model)}/versions/${data("version")}`) : at("");
}

/** The page of a plan: of a project, or of the platform. */
export const planHref = (project: string | null, number: string | number): string =>
  project === null ? `/plans/${number}` : `/projects/${project}/plans/${number}`;

function factsOf({ data }: ShownEvent): Facts {
  const facts = (data ?? {}) as Readonly<Record<string, unknown>>;
  return (name) => {
    const value = facts[name];
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  };
}
