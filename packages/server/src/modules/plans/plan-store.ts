import type { PlanState } from "@pave/contract";
import { type SqlBool, sql } from "kysely";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";
import type { PlanRow } from "./plan.ts";

type NewPlan = Omit<
  PlanRow,
  "project" | "number" | "createdAt" | "appliedAt" | "appliedById" | "failure" | "supersededBy" | "staleBecause"
>;

export async function insertPlan(ctx: Ctx, plan: NewPlan): Promise<number> {
  const number = await nextNumber(ctx, plan.projectId);
  await ctx.db
    .insertInto("plans")
    .values({
      id: plan.id,
      project_id: plan.projectId,
      number,
      environment: plan.environment,
      kind: plan.kind,
      message: plan.message,
      auto_apply: plan.autoApply,
      author: plan.authorId,
      created_at: ctx.clock.now(),
      ...computedColumns(plan),
    })
    .execute();
  return number;
}

/** Counted by each project, and by the platform for its own. */
async function nextNumber(ctx: Ctx, projectId: string | null): Promise<number> {
  if (projectId !== null) {
    const { number } = await ctx.db
      .updateTable("projects")
      .set((eb) => ({ last_plan: eb("last_plan", "+", 1) }))
      .where("id", "=", projectId)
      .returning("last_plan as number")
      .executeTakeFirstOrThrow();
    return number;
  }
  const { value } = await ctx.db
    .insertInto("platform_settings")
    .values({ name: "last-plan", value: json(1) })
    .onConflict((conflict) =>
      conflict.column("name").doUpdateSet({ value: sql`to_jsonb(platform_settings.value::bigint + 1)` }),
    )
    .returning("value")
    .executeTakeFirstOrThrow();
  return Number(value);
}

export type Computed = Pick<
  PlanRow,
  | "title"
  | "state"
  | "asked"
  | "pinned"
  | "revisionId"
  | "actions"
  | "reads"
  | "gates"
  | "verdicts"
  | "evidence"
  | "pending"
  | "estimate"
  | "approvalRule"
  | "hash"
>;

/** What is computed, with who is to answer for it. */
export type Shaped = Computed & Pick<PlanRow, "reshapedById" | "behind">;

const computedColumns = (plan: Shaped) => ({
  title: plan.title,
  state: plan.state,
  request: json({ asked: plan.asked, pinned: plan.pinned, reshapedBy: plan.reshapedById, behind: plan.behind }),
  revision_id: plan.revisionId,
  actions: json(plan.actions),
  reads: json(plan.reads),
  gates: json(plan.gates),
  verdicts: json(plan.verdicts),
  evidence: json(plan.evidence),
  pending: plan.pending,
  estimate: plan.estimate && json(plan.estimate),
  approval_rule: json(plan.approvalRule),
  hash: plan.hash,
});

/** Writes what was computed anew; what was stale no longer is. */
export async function updateComputed(ctx: Ctx, planId: string, plan: Shaped): Promise<void> {
  await ctx.db
    .updateTable("plans")
    .set((eb) => ({ ...computedColumns(plan), stale_because: json([]), version: eb("version", "+", 1) }))
    .where("id", "=", planId)
    .execute();
}

export interface PlanChange {
  readonly state: PlanState;
  readonly staleBecause?: readonly string[];
  readonly supersededBy?: number;
  readonly appliedById?: string;
  readonly appliedAt?: Date;
  readonly failure?: string;
}

export async function updatePlan(ctx: Ctx, planId: string, change: PlanChange): Promise<void> {
  await ctx.db
    .updateTable("plans")
    .set((eb) => ({
      state: change.state,
      version: eb("version", "+", 1),
      ...(change.staleBecause ? { stale_because: json(change.staleBecause) } : {}),
      ...(change.supersededBy === undefined ? {} : { superseded_by: change.supersededBy }),
      ...(change.appliedById ? { applied_by: change.appliedById } : {}),
      ...(change.appliedAt ? { applied_at: change.appliedAt } : {}),
      ...(change.failure === undefined ? {} : { failure: change.failure }),
    }))
    .where("id", "=", planId)
    .execute();
}

const selectPlans = (ctx: Ctx) =>
  ctx.db
    .selectFrom("plans as p")
    .leftJoin("projects as j", "j.id", "p.project_id")
    .select([
      "p.id",
      "p.project_id",
      "j.name as project",
      "p.number",
      "p.environment",
      "p.kind",
      "p.title",
      "p.message",
      "p.state",
      "p.request",
      "p.revision_id",
      "p.actions",
      "p.reads",
      "p.gates",
      "p.verdicts",
      "p.evidence",
      "p.pending",
      "p.estimate",
      "p.approval_rule",
      "p.hash",
      "p.stale_because",
      "p.auto_apply",
      "p.superseded_by",
      "p.author",
      "p.created_at",
      "p.applied_at",
      "p.applied_by",
      "p.failure",
    ]);

type Selected = Awaited<ReturnType<ReturnType<typeof selectPlans>["executeTakeFirstOrThrow"]>>;

const toPlan = (row: Selected): PlanRow => {
  const request = row.request as Pick<PlanRow, "asked" | "pinned"> & {
    readonly reshapedBy?: string | null;
    readonly behind?: PlanRow["behind"];
  };
  return {
    id: row.id,
    projectId: row.project_id,
    project: row.project,
    number: row.number,
    environment: row.environment,
    kind: row.kind,
    title: row.title,
    message: row.message,
    state: row.state,
    asked: request.asked,
    pinned: request.pinned,
    revisionId: row.revision_id,
    actions: row.actions as PlanRow["actions"],
    reads: row.reads as PlanRow["reads"],
    gates: row.gates as PlanRow["gates"],
    verdicts: row.verdicts as PlanRow["verdicts"],
    evidence: row.evidence as PlanRow["evidence"],
    pending: row.pending,
    estimate: row.estimate as PlanRow["estimate"],
    approvalRule: row.approval_rule as PlanRow["approvalRule"],
    hash: row.hash,
    staleBecause: row.stale_because as PlanRow["staleBecause"],
    autoApply: row.auto_apply,
    supersededBy: row.superseded_by,
    authorId: row.author,
    reshapedById: request.reshapedBy ?? null,
    behind: request.behind ?? [],
    createdAt: row.created_at,
    appliedAt: row.applied_at,
    appliedById: row.applied_by,
    failure: row.failure,
  };
};

export async function findPlan(
  ctx: Ctx,
  key: { id: string } | { projectId: string | null; number: number },
  options: { lock?: boolean } = {},
): Promise<PlanRow | undefined> {
  let query = selectPlans(ctx);
  query =
    "id" in key
      ? query.where("p.id", "=", key.id)
      : query.where(isOf(key.projectId)).where("p.number", "=", key.number);
  if (options.lock) query = query.forUpdate("p");
  const row = await query.executeTakeFirst();
  return row && toPlan(row);
}

const isOf = (projectId: string | null) =>
  projectId === null ? sql<SqlBool>`p.project_id is null` : sql<SqlBool>`p.project_id = ${projectId}`;

export interface PlanFilter {
  readonly projectId: string | null;
  readonly state?: PlanState | undefined;
  readonly environment?: string | undefined;
  readonly before?: number | undefined;
  readonly limit: number;
}

export async function listPlans(ctx: Ctx, filter: PlanFilter): Promise<PlanRow[]> {
  let query = selectPlans(ctx).where(isOf(filter.projectId));
  if (filter.state) query = query.where("p.state", "=", filter.state);
  if (filter.environment) query = query.where("p.environment", "=", filter.environment);
  if (filter.before !== undefined) query = query.where("p.number", "<", filter.before);
  return (await query.orderBy("p.number", "desc").limit(filter.limit).execute()).map(toPlan);
}

/** Plans that the worker moves: whose evidence is awaited, or that apply by themselves. The oldest first. */
export async function listMovingPlans(ctx: Ctx): Promise<PlanRow[]> {
  const rows = await selectPlans(ctx)
    .where((eb) =>
      eb.or([eb("p.state", "=", "evaluating"), eb.and([eb("p.state", "=", "ready"), eb("p.auto_apply", "=", true)])]),
    )
    .orderBy("p.created_at")
    .limit(500)
    .execute();
  return rows.map(toPlan);
}

/** A page of the plans that wait for people, in the order of their ids, after the one given. */
export async function listWaitingPlans(ctx: Ctx, afterId: string, limit: number): Promise<PlanRow[]> {
  const rows = await selectPlans(ctx)
    .where("p.state", "in", ["blocked", "open", "ready"])
    .where("p.id", ">", afterId)
    .orderBy("p.id")
    .limit(limit)
    .execute();
  return rows.map(toPlan);
}

export async function listApplyingPlanIds(ctx: Ctx): Promise<string[]> {
  const rows = await ctx.db
    .selectFrom("plans")
    .select("id")
    .where("state", "=", "applying")
    .orderBy("created_at")
    .limit(100)
    .execute();
  return rows.map(({ id }) => id);
}
