import type { SloStatus } from "@pave/contract";
import type { WindowJudgement } from "@pave/contract/drift";
import { sql } from "kysely";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";
import type { RecentJudgement } from "./found-alert.ts";

export interface MonitorRow {
  readonly deploymentId: string;
  readonly projectId: string;
  readonly releaseId: string;
  readonly since: Date;
  readonly state: WindowJudgement["status"];
  readonly reason: string;
  readonly judgedFrom: Date | null;
  readonly judgedTo: Date | null;
  readonly judgement: WindowJudgement | null;
  readonly recent: readonly RecentJudgement[];
  readonly slo: readonly SloStatus[] | null;
  readonly sloAt: Date | null;
}

const columns = [
  "deployment_id as deploymentId",
  "project_id as projectId",
  "release_id as releaseId",
  "since",
  "state",
  "reason",
  "judged_from as judgedFrom",
  "judged_to as judgedTo",
  "judgement",
  "recent",
  "slo",
  "slo_at as sloAt",
] as const;

export async function listMonitors(
  ctx: Ctx,
  filter: { deploymentIds?: readonly string[] } = {},
): Promise<MonitorRow[]> {
  if (filter.deploymentIds?.length === 0) return [];
  let query = ctx.db.selectFrom("monitors").select(columns);
  if (filter.deploymentIds) query = query.where("deployment_id", "in", [...filter.deploymentIds]);
  return (await query.orderBy("deployment_id").execute()) as MonitorRow[];
}

/** Undefined when another process works on it. */
export async function lockMonitor(ctx: Ctx, deploymentId: string): Promise<MonitorRow | undefined> {
  return (await ctx.db
    .selectFrom("monitors")
    .select(columns)
    .where("deployment_id", "=", deploymentId)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst()) as MonitorRow | undefined;
}

/** A release begins with an empty window and nothing behind it. */
export async function beginMonitor(
  ctx: Ctx,
  monitor: Pick<MonitorRow, "deploymentId" | "projectId" | "releaseId" | "since" | "state" | "reason">,
): Promise<void> {
  const row = {
    release_id: monitor.releaseId,
    since: monitor.since,
    state: monitor.state,
    reason: monitor.reason,
    judged_from: null,
    judged_to: null,
    judgement: null,
    recent: json([]),
    slo: null,
    slo_at: null,
    updated_at: ctx.clock.now(),
  };
  await ctx.db
    .insertInto("monitors")
    .values({ deployment_id: monitor.deploymentId, project_id: monitor.projectId, ...row })
    .onConflict((conflict) => conflict.column("deployment_id").doUpdateSet(row))
    .execute();
}

export async function endMonitor(ctx: Ctx, deploymentId: string): Promise<void> {
  await ctx.db.deleteFrom("monitors").where("deployment_id", "=", deploymentId).execute();
}

export async function setMonitorState(
  ctx: Ctx,
  deploymentId: string,
  { state, reason }: Pick<MonitorRow, "state" | "reason">,
): Promise<void> {
  await ctx.db
    .updateTable("monitors")
    .set({ state, reason, updated_at: ctx.clock.now() })
    .where("deployment_id", "=", deploymentId)
    .execute();
}

/** The open window begins there. */
export async function moveWindow(ctx: Ctx, deploymentId: string, since: Date): Promise<void> {
  await ctx.db.updateTable("monitors").set({ since }).where("deployment_id", "=", deploymentId).execute();
}

export async function keepJudgement(
  ctx: Ctx,
  { deploymentId, releaseId }: Pick<MonitorRow, "deploymentId" | "releaseId">,
  window: { from: Date; to: Date; judgement: WindowJudgement; recent: readonly RecentJudgement[] },
): Promise<void> {
  const { from, to, judgement, recent } = window;
  await ctx.db
    .updateTable("monitors")
    .set({
      since: to,
      state: judgement.status,
      reason: judgement.reason,
      judged_from: from,
      judged_to: to,
      judgement: json(judgement),
      recent: json(recent),
      updated_at: ctx.clock.now(),
    })
    .where("deployment_id", "=", deploymentId)
    .execute();
  const { rows, status, reason } = judgement;
  await ctx.db
    .insertInto("monitor_windows")
    .values({ deployment_id: deploymentId, release_id: releaseId, start: from, end: to, rows, status, reason })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function keepSlo(ctx: Ctx, deploymentId: string, slo: readonly SloStatus[]): Promise<void> {
  await ctx.db
    .updateTable("monitors")
    .set({ slo: json(slo), slo_at: ctx.clock.now() })
    .where("deployment_id", "=", deploymentId)
    .execute();
}

export interface JudgedWindow {
  readonly start: Date;
  readonly end: Date;
  readonly rows: number;
  readonly status: WindowJudgement["status"];
  readonly reason: string;
}

/** The newest first. */
export async function listJudgedWindows(ctx: Ctx, deploymentId: string, limit: number): Promise<JudgedWindow[]> {
  return (await ctx.db
    .selectFrom("monitor_windows")
    .select(["start", "end", "rows", "status", "reason"])
    .where("deployment_id", "=", deploymentId)
    .orderBy("start", "desc")
    .limit(limit)
    .execute()) as JudgedWindow[];
}

/** As long as what was judged is kept. */
export async function pruneJudgedWindows(ctx: Ctx): Promise<void> {
  await ctx.db
    .deleteFrom("monitor_windows")
    .where("end", "<", sql<Date>`${ctx.clock.now()}::timestamptz - interval '30 days'`)
    .execute();
}
