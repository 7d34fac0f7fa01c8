import { z } from "zod";
import type { Ctx } from "../../db/context.ts";
import { subjectWords } from "../discussion/index.ts";
import { peopleNamed, peopleOf } from "./audience-store.ts";
import { factOf, type LedgerEvent } from "./ledger-event.ts";
import type { NewNotification } from "./notification.ts";
import { notify } from "./notify.ts";
import { findFailedRun } from "./run-store.ts";
import { tellOfPlan, tellOfRoles } from "./tell-of-plan.ts";

type Tell = (ctx: Ctx, event: LedgerEvent) => Promise<unknown>;

const ofPlan: Tell = tellOfPlan;
const ofRoles: Tell = (ctx, { projectId }) => tellOfRoles(ctx, projectId);
const ofAlert = (kind: "alert-opened" | "alert-resolved"): Tell => {
  return async (ctx, event) => notify(ctx, await alert(ctx, kind, event));
};

/** What is told of which event. Whatever else happens is in the ledger for who looks. */
const tellers: Readonly<Record<string, Tell>> = {
  "plan.created": ofPlan,
  "plan.evaluated": ofPlan,
  "plan.recomputed": ofPlan,
  "plan.approved": ofPlan,
  "plan.rejected": ofPlan,
  "plan.cancelled": ofPlan,
  "plan.superseded": ofPlan,
  "plan.started": ofPlan,
  "plan.applied": ofPlan,
  "plan.failed": ofPlan,
  "plan.stale": ofPlan,
  "member.set": ofRoles,
  "member.removed": ofRoles,
  "team.member-added": ofRoles,
  "team.member-removed": ofRoles,
  "principal.created": ofRoles,
  "principal.disabled": ofRoles,
  "run.finished": tellOfRun,
  "rollback.requested": tellOfRollback,
  "rollout.aborted": tellOfRollback,
  "alert.opened": ofAlert("alert-opened"),
  "alert.resolved": ofAlert("alert-resolved"),
  "backup.failed": tellOfBackup,
  "backup.drill-failed": tellOfBackup,
  "comment.mentioned": tellOfMention,
  "ownership.handed-over": tellOfHandOver,
};

export const isTold = (type: string): boolean => Object.hasOwn(tellers, type);

/** In the caller's transaction. */
export async function tellOfEvent(ctx: Ctx, event: LedgerEvent): Promise<void> {
  await tellers[event.type]?.(ctx, event);
}

/** Those who look after the project: the owning team, and whoever develops or administers it; no platform admin as such. */
async function keepersOf(ctx: Ctx, projectId: string | null): Promise<string[]> {
  const people = await peopleOf(ctx, projectId);
  const keepers = people.filter(({ isOwner, roles }) => isOwner || roles.includes("developer"));
  return (keepers.length > 0 ? keepers : people.filter(({ roles }) => roles.includes("admin"))).map(({ id }) => id);
}

async function projectName(ctx: Ctx, projectId: string | null): Promise<string> {
  const query = ctx.db
    .selectFrom("projects")
    .select("name")
    .where("id", "=", projectId ?? "");
  return (await query.executeTakeFirst())?.name ?? "";
}

/** To who started it; of a schedule, to those who look after the project. */
async function tellOfRun(ctx: Ctx, event: LedgerEvent): Promise<void> {
  if (event.result !== "failed" || factOf(event, "kind") === "evaluation") return;
  const run = await findFailedRun(ctx, event.subjectId);
  if (!run) return;
  const number = factOf(event, "number");
  await notify(ctx, {
    kind: run.isScheduled ? "scheduled-run-failed" : "run-failed",
    // one pipeline that fails again and again is one thing
    subject: `${event.projectId}/${factOf(event, "pipeline")}${run.isScheduled ? "" : `/${run.requestedBy}`}`,
    projectId: event.projectId,
    title: `run ${number} of ${factOf(event, "pipeline")} failed`,
    detail: factOf(event, "message"),
    href: `/projects/${run.project}/runs/${number}`,
    data: { run: Number(number), pipeline: factOf(event, "pipeline") },
    to: run.isScheduled ? await keepersOf(ctx, event.projectId) : [run.requestedBy],
  });
}

/** Somebody goes back to a release before, or Pave or somebody gives up a rollout, which has the same effect. */
async function tellOfRollback(ctx: Ctx, event: LedgerEvent): Promise<void> {
  const project = await projectName(ctx, event.projectId);
  const [environment, deployment, version] = ["environment", "deployment", "version"].map((one) => factOf(event, one));
  const page = `/projects/${project}/deployments/${environment}/${deployment}`;
  const isByHand = event.type === "rollback.requested";
  const byPave = !isByHand && factOf(event, "by") !== "person";
  const who = byPave ? "Pave" : event.principalName;
  await notify(ctx, {
    kind: "rollback",
    subject: `${event.projectId}/${environment}/${deployment}`,
    projectId: event.projectId,
    urgent: true,
    title: isByHand
      ? `${who} takes ${deployment} in ${environment} back to version ${version}`
      : `${who} took version ${version} of ${deployment} in ${environment} back`,
    detail: factOf(event, isByHand ? "reason" : "because"),
    href: isByHand ? page : `${page}/rollouts/${factOf(event, "rollout")}`,
    data: { environment, deployment, version, automatic: byPave },
    to: await keepersOf(ctx, event.projectId),
  });
}

async function alert(ctx: Ctx, kind: "alert-opened" | "alert-resolved", event: LedgerEvent): Promise<NewNotification> {
  const [project, number] = [await projectName(ctx, event.projectId), factOf(event, "number")];
  const [environment, deployment, severity] = ["environment", "deployment", "severity"].map((one) =>
    factOf(event, one),
  );
  return {
    kind,
    // an alert that comes and goes is one thing
    subject: `${event.projectId}/${environment}/${deployment}/${factOf(event, "kind")}`,
    projectId: event.projectId,
    urgent: kind === "alert-opened" && severity === "page",
    title: factOf(event, "title"),
    detail: kind === "alert-opened" ? `${deployment} in ${environment}` : factOf(event, "resolution"),
    href: `/projects/${project}/monitoring/alerts/${number}`,
    data: { alert: Number(number), kind: factOf(event, "kind"), severity, environment, deployment },
    to: await keepersOf(ctx, event.projectId),
  };
}

/** To the platform admins, of what no person asked for: whoever asked for one watches it. */
async function tellOfBackup(ctx: Ctx, event: LedgerEvent): Promise<void> {
  const isDrill = event.type === "backup.drill-failed";
  if (factOf(event, isDrill ? "cause" : "kind") !== "scheduled") return;
  const detail = ["message", "fix"].map((name) => factOf(event, name).replace(/\.$/, ""));
  await notify(ctx, {
    kind: "backup-failed",
    subject: isDrill ? "drill" : "backup",
    projectId: null,
    title: isDrill ? "the restore drill of the last backup failed" : "the scheduled backup failed",
    detail: detail.filter(Boolean).join(". "),
    href: "/settings/backups",
    data: { backup: event.subjectId },
    to: (await peopleOf(ctx, null)).map(({ id }) => id),
  });
}

const mentionSchema = z.object({
  /** Ids of those who are named. */
  principals: z.array(z.string()).max(100),
  /** The page with the comment, from the portal's root. */
  link: z
    .string()
    .max(2000)
    .regex(/^\/(?!\/)/),
  /** What was commented. */
  subject: z.string().max(300).default("something"),
  excerpt: z.string().max(1000).default(""),
});

/** Whoever writes a comment does not tell itself. */
async function tellOfMention(ctx: Ctx, event: LedgerEvent): Promise<void> {
  const { principals, link, subject, excerpt } = mentionSchema.parse(event.data);
  await notify(ctx, {
    kind: "mention",
    subject: event.id,
    projectId: event.projectId,
    title: `${event.principalName} names you in a comment on ${subjectWords(subject)}`,
    detail: excerpt,
    href: link,
    data: { by: event.principalName },
    to: principals.filter((id) => id !== event.principalId),
  });
}

/** To the person, or to the members of the team, who look after it from now on. */
async function tellOfHandOver(ctx: Ctx, event: LedgerEvent): Promise<void> {
  const [thing, from, to] = ["thing", "from", "to"].map((one) => factOf(event, one));
  const project = await projectName(ctx, event.projectId);
  await notify(ctx, {
    kind: "hand-over",
    subject: event.id,
    projectId: event.projectId,
    title: `the ${thing} belongs to ${to} now`,
    detail: `handed over by ${event.principalName}, before it was ${from}'s`,
    href: project === "" ? "/settings" : `/projects/${project}`,
    data: { thing, from, to, by: event.principalName },
    to: await peopleNamed(ctx, to ?? ""),
  });
}
