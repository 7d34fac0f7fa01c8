import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";

/** What the platform knows of a tracked run that is one of its own. */
export interface RunFacts {
  readonly trackedRunId: string;
  readonly number: number;
  readonly kind: "pipeline" | "evaluation";
  readonly pipeline: string;
  readonly state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly revision: {
    readonly id: string;
    readonly number: number;
    readonly message: string;
    readonly git: Readonly<Record<string, unknown>> | null;
  };
  readonly pythonEnvironment: string | null;
}

const facts = (ctx: Ctx) =>
  ctx.db
    .selectFrom("runs as r")
    .innerJoin("revisions as n", "n.id", "r.revision_id")
    .leftJoin("python_environments as e", "e.id", "r.python_environment_id")
    .select([
      "r.tracked_run_id as trackedRunId",
      "r.number as number",
      "r.kind as kind",
      "r.pipeline as pipeline",
      "r.state as state",
      "r.started_at as startedAt",
      "r.finished_at as finishedAt",
      sql`jsonb_build_object('id', n.id, 'number', n.number, 'message', n.message, 'git', n.git - 'diff')`.as(
        "revision",
      ),
      "e.digest as pythonEnvironment",
    ]);

/** Of those of the tracked runs that the platform started. */
export async function runFacts(ctx: Ctx, trackedRunIds: readonly string[]): Promise<ReadonlyMap<string, RunFacts>> {
  if (trackedRunIds.length === 0) return new Map();
  const rows = (await facts(ctx)
    .where("r.tracked_run_id", "in", [...trackedRunIds])
    .execute()) as unknown as RunFacts[];
  return new Map(rows.map((row) => [row.trackedRunId, row]));
}

/** Ids of the tracked runs by the numbers of the project's runs. */
export async function trackedRunIds(
  ctx: Ctx,
  projectId: string,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  if (numbers.length === 0) return new Map();
  const rows = await ctx.db
    .selectFrom("runs")
    .select(["number", "tracked_run_id as id"])
    .where("project_id", "=", projectId)
    .where("number", "in", [...numbers])
    .execute();
  return new Map(rows.flatMap(({ number, id }) => (id === null ? [] : [[number, id] as const])));
}

/** The tables that steps of the platform's runs made, as `step.port`. */
export async function stepDatasets(ctx: Ctx, trackedRunIds: readonly string[]) {
  const result = await sql<{ trackedRunId: string; name: string; digest: string }>`
    select r.tracked_run_id as "trackedRunId", s.name || '.' || o.key as name, a.digest
    from runs r join steps s on s.run_id = r.id cross join lateral jsonb_each_text(s.outputs) o
    join artifacts a on a.id = o.value
    where r.tracked_run_id = any(${[...trackedRunIds]}::text[]) and a.type = 'dataset'
    order by r.number, s.position, o.key`.execute(ctx.db);
  return result.rows;
}

export async function versionsOfRuns(ctx: Ctx, trackedRunIds: readonly string[]) {
  return (
    ctx.db
      .selectFrom("model_versions as v")
      .innerJoin("tracked_runs as r", "r.run_id", "v.tracked_run_id")
      .innerJoin("experiments as e", "e.id", "r.experiment_id")
      .select(["v.tracked_run_id as trackedRunId", "v.model as model", "v.version as version"])
      .where("v.tracked_run_id", "in", [...trackedRunIds])
      // whoever registers may name any run
      .whereRef("v.project_id", "=", "e.project_id")
      .orderBy("v.model")
      .orderBy("v.version")
      .execute()
  );
}

/** A metric that was logged at more than one step, and the run that has its points: the run itself or a child. */
export interface CurveSource {
  readonly runId: string;
  readonly key: string;
  readonly sourceId: string;
}

/** For each metric of each run one source: the run itself, or its newest child that has it. */
export async function curveSources(ctx: Ctx, runIds: readonly string[], key?: string): Promise<CurveSource[]> {
  const result = await sql<CurveSource>`
    select distinct on (given.id, m.key) given.id as "runId", m.key, c.run_id as "sourceId"
    from unnest(${[...runIds]}::text[]) as given(id)
    join tracked_runs c on (c.run_id = given.id or c.parent_run_id = given.id) and c.lifecycle_stage = 'active'
    join latest_metrics m on m.run_id = c.run_id
    where exists (select from metric_points p where p.run_id = m.run_id and p.key = m.key and p.step < m.step) and (${key ?? null}::text is null or m.key = ${key ?? null}::text)
    order by given.id, m.key, c.run_id = given.id desc, c.start_time desc`.execute(ctx.db);
  return result.rows;
}
