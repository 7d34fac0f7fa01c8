import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";
import type { MetricFamily } from "../../kernel/metrics/index.ts";

export type EndedState = "succeeded" | "failed" | "cancelled";

/** Counts the end of a run, in the transaction that ends it. One that is tried again ends again. */
export async function countEnd(ctx: Ctx, run: { id: string; projectId: string }, state: EndedState): Promise<void> {
  await ctx.db
    .insertInto("run_totals")
    .columns(["project_id", "state", "runs", "seconds"])
    .expression((eb) =>
      eb
        .selectFrom("runs")
        .select([
          "project_id",
          sql<string>`${state}::text`.as("state"),
          sql<number>`1`.as("runs"),
          sql<number>`greatest(0, extract(epoch from finished_at - coalesce(started_at, created_at)))`.as("seconds"),
        ])
        .where("id", "=", run.id),
    )
    .onConflict((conflict) =>
      conflict.columns(["project_id", "state"]).doUpdateSet({
        runs: sql`run_totals.runs + 1`,
        seconds: sql`run_totals.seconds + excluded.seconds`,
      }),
    )
    .execute();
}

/** Runs that are open, and how those before them ended. */
export async function runMetrics(ctx: Ctx): Promise<readonly MetricFamily[]> {
  const open = await ctx.db
    .selectFrom("runs as r")
    .innerJoin("projects as p", "p.id", "r.project_id")
    .select(["p.name as project", "r.state as state", (eb) => eb.fn.countAll<number>().as("runs")])
    .where("r.state", "in", ["queued", "running"])
    .groupBy(["p.name", "r.state"])
    .execute();
  const ended = await ctx.db
    .selectFrom("run_totals as t")
    .innerJoin("projects as p", "p.id", "t.project_id")
    .select(["p.name as project", "t.state as state", "t.runs as runs", "t.seconds as seconds"])
    .execute();
  return [
    {
      name: "pave_runs_open",
      type: "gauge",
      help: "Runs that wait or work.",
      samples: open.map(({ project, state, runs }) => ({ labels: { project, state }, value: Number(runs) })),
    },
    {
      name: "pave_runs_ended_total",
      type: "counter",
      help: "Runs that ended, by how they did.",
      samples: ended.map(({ project, state, runs }) => ({ labels: { project, state }, value: runs })),
    },
    {
      name: "pave_run_duration_seconds_total",
      type: "counter",
      help: "Time from start to end of those runs.",
      samples: ended.map(({ project, state, seconds }) => ({ labels: { project, state }, value: seconds })),
    },
  ];
}
