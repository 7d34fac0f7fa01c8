import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";
import { type PlanToDecide, planToDecide } from "../plans/index.ts";
import { peopleOf } from "./audience-store.ts";
import type { LedgerEvent } from "./ledger-event.ts";
import { closeSubject, notify } from "./notify.ts";

/** What happened to a plan: its author hears how it was decided, and whoever may decide it that it waits. */
export async function tellOfPlan(ctx: Ctx, event: LedgerEvent): Promise<void> {
  const plan = await planToDecide(ctx, event.subjectId);
  if (!plan) return;
  await wantApproval(ctx, plan);
  const outcome = outcomeOf(event, plan);
  if (outcome === undefined || (event.principalId === plan.authorId && event.type !== "plan.failed")) return;
  await notify(ctx, {
    kind: "plan-decided",
    subject: `${plan.id}/${event.type}`,
    projectId: plan.projectId,
    title: `${planWords(plan)} in ${plan.environment} ${outcome}`,
    detail: [plan.title, commentOf(event), event.type === "plan.failed" ? plan.failure : null]
      .filter(Boolean)
      .join(": "),
    href: planHref(plan),
    data: { ...factsOf(plan), outcome: event.type.slice("plan.".length), by: event.principalName },
    to: [plan.authorId],
  });
}

/** Who may decide what may have changed: what waits is looked at again. */
export async function tellOfRoles(ctx: Ctx, projectId: string | null): Promise<void> {
  for (const id of await openPlanIds(ctx, projectId)) {
    const plan = await planToDecide(ctx, id);
    if (plan) await wantApproval(ctx, plan);
  }
}

/** In the inboxes of those whose approval it takes now, and of nobody else; gone when it is decided. */
async function wantApproval(ctx: Ctx, plan: PlanToDecide): Promise<void> {
  if (plan.state !== "open") return closeSubject(ctx, "approval-wanted", plan.id);
  const deciders = await plan.deciders(await peopleOf(ctx, plan.projectId));
  await notify(ctx, {
    kind: "approval-wanted",
    subject: plan.id,
    projectId: plan.projectId,
    title: `${planWords(plan)} waits for an approval in ${plan.environment}`,
    detail: plan.title,
    href: planHref(plan),
    data: factsOf(plan),
    to: deciders.map(({ id }) => id),
    within: "open",
  });
}

/** Projects and the platform count their plans each by themselves. */
const planWords = ({ project, number }: PlanToDecide): string => `plan ${number} of ${project ?? "the platform"}`;

const planHref = ({ project, number }: PlanToDecide): string =>
  project === null ? `/plans/${number}` : `/projects/${project}/plans/${number}`;

const factsOf = ({ number, environment, title }: PlanToDecide) => ({ plan: number, environment, title });

/** The approval that does not complete the quorum decides nothing. */
function outcomeOf({ type, principalName }: LedgerEvent, { state }: PlanToDecide): string | undefined {
  if (type === "plan.rejected") return `was rejected by ${principalName}`;
  if (type === "plan.applied") return "was applied";
  if (type === "plan.failed") return "could not be applied";
  return type === "plan.approved" && state !== "open" ? `was approved by ${principalName}` : undefined;
}

const commentOf = ({ data }: LedgerEvent): string =>
  typeof data.comment === "string" && data.comment !== "" ? `“${data.comment}”` : "";

/** Of one project or of all, and the platform's; more than that wait for the next look. */
async function openPlanIds(ctx: Ctx, projectId: string | null): Promise<string[]> {
  let query = ctx.db.selectFrom("plans").select("id").where("state", "=", "open");
  if (projectId !== null) query = query.where(sql<boolean>`(project_id = ${projectId} or project_id is null)`);
  return (await query.orderBy("created_at", "desc").limit(200).execute()).map(({ id }) => id);
}
