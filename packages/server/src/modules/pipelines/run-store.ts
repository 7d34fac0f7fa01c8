import type { RunState } from "@pave/contract";
import { sql } from "kysely";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";
import { runMoves, statesBefore } from "./run-states.ts";

export type RunKind = "pipeline" | "evaluation";

export interface RunRow {
  readonly id: string;
  readonly projectId: string;
  readonly project: string;
  readonly number: number;
  readonly kind: RunKind;
  readonly pipeline: string;
  readonly revisionId: string;
  readonly state: RunState;
  readonly refresh: boolean;
  readonly cancelRequested: boolean;
  readonly pythonEnvironmentId: string | null;
  readonly trackedRunId: string;
  readonly requestedBy: string;
  readonly principalId: string;
  /** Whose secrets and connections its steps get; null: those of no environment. */
  readonly environment: string | null;
}

const runQuery = (ctx: Ctx) =>
  ctx.db
    .selectFrom("runs as r")
    .innerJoin("projects as j", "j.id", "r.project_id")
    .select([
      "r.id as id",
      "r.project_id as projectId",
      "j.name as project",
      "r.number as number",
      "r.kind as kind",
      "r.pipeline as pipeline",
      "r.revision_id as revisionId",
      "r.state as state",
      "r.refresh as refresh",
      "r.cancel_requested as cancelRequested",
      "r.python_environment_id as pythonEnvironmentId",
      "r.tracked_run_id as trackedRunId",
      "r.requested_by as requestedBy",
      "r.principal_id as principalId",
      "r.environment as environment",
    ]);

export async function findRun(ctx: Ctx, runId: string): Promise<RunRow | undefined> {
  return (await runQuery(ctx).where("r.id", "=", runId).executeTakeFirst()) as RunRow | undefined;
}

export async function findRunByNumber(ctx: Ctx, projectId: string, number: number): Promise<RunRow | undefined> {
  const query = runQuery(ctx).where("r.project_id", "=", projectId).where("r.number", "=", number);
  return (await query.executeTakeFirst()) as RunRow | undefined;
}

/** All moves of a run, its steps and attempts are made under this lock. */
export async function lockRun(ctx: Ctx, runId: string): Promise<RunRow | undefined> {
  return (await runQuery(ctx).where("r.id", "=", runId).forUpdate("r").executeTakeFirst()) as RunRow | undefined;
}

export interface NewRun {
  readonly id: string;
  readonly projectId: string;
  readonly kind: RunKind;
  readonly pipeline: string;
  readonly revisionId: string;
  readonly vars: Readonly<Record<string, unknown>>;
  readonly message: string | null;
  readonly refresh: boolean;
  readonly pythonEnvironmentId: string | null;
  readonly trackedRunId: string;
  readonly cause: Readonly<Record<string, unknown>>;
  readonly requestedBy: string;
  readonly principalId: string;
  readonly environment: string | null;
}

/** Numbers are shared by all runs of a project, without gaps. */
export async function nextRunNumber(ctx: Ctx, projectId: string): Promise<number> {
  const row = await ctx.db
    .updateTable("projects")
    .set({ last_run: sql`last_run + 1` })
    .where("id", "=", projectId)
    .returning("last_run")
    .executeTakeFirstOrThrow();
  return row.last_run;
}

export async function insertRun(ctx: Ctx, run: NewRun & { readonly number: number }): Promise<void> {
  await ctx.db
    .insertInto("runs")
    .values({
      id: run.id,
      project_id: run.projectId,
      number: run.number,
      kind: run.kind,
      pipeline: run.pipeline,
      revision_id: run.revisionId,
      state: "queued",
      vars: json(run.vars),
      message: run.message,
      refresh: run.refresh,
      python_environment_id: run.pythonEnvironmentId,
      tracked_run_id: run.trackedRunId,
      cause: json(run.cause),
      requested_by: run.requestedBy,
      principal_id: run.principalId,
      environment: run.environment,
      created_at: ctx.clock.now(),
    })
    .execute();
}

export async function moveRun(ctx: Ctx, runId: string, to: RunState, failure: string | null): Promise<void> {
  const now = ctx.clock.now();
  const isOver = to !== "queued" && to !== "running";
  await ctx.db
    .updateTable("runs")
    .set({
      state: to,
      failure,
      version: sql`version + 1`,
      started_at: sql<Date>`coalesce(started_at, ${now})`,
      finished_at: isOver ? now : null,
    })
    .where("id", "=", runId)
    .where("state", "in", statesBefore(runMoves, to))
    .execute();
}

export async function setCancelRequested(ctx: Ctx, runId: string, cancelRequested: boolean): Promise<void> {
  await ctx.db.updateTable("runs").set({ cancel_requested: cancelRequested }).where("id", "=", runId).execute();
}

export async function setPythonEnvironment(ctx: Ctx, runId: string, pythonEnvironmentId: string | null): Promise<void> {
  await ctx.db
    .updateTable("runs")
    .set({ python_environment_id: pythonEnvironmentId })
    .where("id", "=", runId)
    .execute();
}

/** Open runs where something is to be done; those that only wait for runners are left alone. */
export async function findRunsToAdvance(ctx: Ctx): Promise<string[]> {
  const rows = await ctx.db
    .selectFrom("runs as r")
    .select("r.id")
    .where("r.state", "in", ["queued", "running"])
    .where((eb) => {
      const stepIn = (...states: ("pending" | "ready" | "running")[]) =>
        eb.exists(
          eb.selectFrom("steps as s").select("s.id").whereRef("s.run_id", "=", "r.id").where("s.state", "in", states),
        );
      return eb.or([
        eb("r.state", "=", "queued"),
        eb("r.cancel_requested", "=", true),
        stepIn("ready"),
        eb.not(stepIn("running")),
      ]);
    })
    .orderBy("r.created_at")
    .execute();
  return rows.map((row) => row.id);
}
