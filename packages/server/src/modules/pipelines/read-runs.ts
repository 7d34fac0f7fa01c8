import type {
  AttemptIsolation,
  AttemptReason,
  AttemptState,
  Metrics,
  PrincipalRef,
  RunState,
  StepState,
  Usage,
} from "@pave/contract";
import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";
import type { RunKind } from "./run-store.ts";
import type { StepDefinition } from "./step-definition.ts";

/* What the pages about runs show: a list is one query, a run five, however many steps it has. */

export interface RunView {
  readonly id: string;
  readonly number: number;
  readonly project: string;
  readonly kind: RunKind;
  readonly pipeline: string;
  readonly state: RunState;
  readonly cancelRequested: boolean;
  readonly revision: { readonly id: string; readonly number: number; readonly message: string };
  readonly requestedBy: PrincipalRef;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly note: string | null;
  readonly trackedRunId: string | null;
  readonly failure: string | null;
  readonly vars: Readonly<Record<string, string | number | boolean>>;
  readonly environment: string | null;
  readonly pythonEnvironment: {
    readonly id: string;
    readonly digest: string | null;
    readonly state: string;
    readonly error: string | null;
  } | null;
  readonly counts: { readonly total: number; readonly done: number; readonly failed: number; readonly cached: number };
  /** Of the steps that have any, in the order of the run. */
  readonly stepMetrics: readonly Metrics[];
}

const runQuery = (ctx: Ctx, projectId: string) =>
  ctx.db
    .selectFrom("runs as r")
    .innerJoin("projects as j", "j.id", "r.project_id")
    .innerJoin("revisions as n", "n.id", "r.revision_id")
    .innerJoin("principals as p", "p.id", "r.requested_by")
    .leftJoin("python_environments as e", "e.id", "r.python_environment_id")
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom("steps as s")
          .whereRef("s.run_id", "=", "r.id")
          .select([
            sql<RunView["counts"]>`jsonb_build_object(
              'total', count(*),
              'done', count(*) filter (where s.state = 'succeeded'),
              'failed', count(*) filter (where s.state = 'failed'),
              'cached', count(*) filter (where s.cached_from is not null))`.as("counts"),
            sql<
              Metrics[]
            >`coalesce(jsonb_agg(s.metrics order by s.position) filter (where s.metrics <> '{}'), '[]')`.as("metrics"),
          ])
          .as("t"),
      (join) => join.onTrue(),
    )
    .select([
      "r.id as id",
      "r.number as number",
      "j.name as project",
      "r.kind as kind",
      "r.pipeline as pipeline",
      "r.state as state",
      "r.cancel_requested as cancelRequested",
      sql`jsonb_build_object('id', n.id, 'number', n.number, 'message', n.message)`.as("revision"),
      sql`jsonb_build_object('id', p.id, 'kind', p.kind, 'name', p.name)`.as("requestedBy"),
      "r.created_at as createdAt",
      "r.started_at as startedAt",
      "r.finished_at as finishedAt",
      "r.message as note",
      "r.tracked_run_id as trackedRunId",
      "r.failure as failure",
      "r.vars as vars",
      "r.environment as environment",
      sql`case when e.id is not null then jsonb_build_object('id', e.id, 'digest', e.digest, 'state', e.state, 'error', e.error) end`.as(
        "pythonEnvironment",
      ),
      "t.counts as counts",
      "t.metrics as stepMetrics",
    ])
    .where("r.project_id", "=", projectId);

export interface RunFilter {
  readonly pipeline?: string | undefined;
  readonly state?: RunState | undefined;
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Newest first. */
export async function readRunList(ctx: Ctx, projectId: string, filter: RunFilter): Promise<RunView[]> {
  let query = runQuery(ctx, projectId);
  if (filter.pipeline !== undefined) query = query.where("r.pipeline", "=", filter.pipeline);
  if (filter.state !== undefined) query = query.where("r.state", "=", filter.state);
  if (filter.before !== undefined) query = query.where("r.number", "<", filter.before);
  return (await query.orderBy("r.number", "desc").limit(filter.limit).execute()) as RunView[];
}

export async function readRunView(ctx: Ctx, projectId: string, number: number): Promise<RunView | undefined> {
  return (await runQuery(ctx, projectId).where("r.number", "=", number).executeTakeFirst()) as RunView | undefined;
}

export interface StepView {
  readonly id: string;
  readonly name: string;
  readonly kind: "command" | "register";
  readonly uses: string;
  readonly state: StepState;
  readonly needs: readonly string[];
  readonly definition: StepDefinition;
  readonly outputs: Readonly<Record<string, string>>;
  readonly metrics: Metrics;
  readonly result: unknown;
  readonly cacheMiss: string | null;
  readonly cachedFrom: string | null;
  readonly cachedRun: number | null;
  readonly message: string | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

export async function readSteps(ctx: Ctx, runId: string): Promise<StepView[]> {
  const rows = await ctx.db
    .selectFrom("steps as s")
    .leftJoin("attempts as ca", "ca.id", "s.cached_from")
    .leftJoin("steps as cs", "cs.id", "ca.step_id")
    .leftJoin("runs as cr", "cr.id", "cs.run_id")
    .select([
      "s.id as id",
      "s.name as name",
      "s.kind as kind",
      "s.uses as uses",
      "s.state as state",
      "s.needs as needs",
      "s.definition as definition",
      "s.outputs as outputs",
      "s.metrics as metrics",
      "s.result as result",
      "s.cache_miss as cacheMiss",
      "s.cached_from as cachedFrom",
      "cr.number as cachedRun",
      "s.message as message",
      "s.started_at as startedAt",
      "s.finished_at as finishedAt",
    ])
    .where("s.run_id", "=", runId)
    .orderBy("s.position")
    .execute();
  return rows as StepView[];
}

export interface AttemptView {
  readonly id: string;
  readonly stepId: string;
  readonly number: number;
  readonly state: AttemptState;
  readonly reason: AttemptReason | null;
  readonly message: string | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly queuedAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly usage: Usage | null;
  readonly isolation: AttemptIsolation | null;
  /** Artifacts of one that failed. */
  readonly reportIds: readonly string[];
  readonly trackedRun: string | null;
}

const attemptQuery = (ctx: Ctx) =>
  ctx.db
    .selectFrom("attempts as a")
    .innerJoin("steps as s", "s.id", "a.step_id")
    .select([
      "a.id as id",
      "a.step_id as stepId",
      "a.tracked_run_id as trackedRun",
      "a.number as number",
      "a.state as state",
      "a.reason as reason",
      "a.message as message",
      "a.exit_code as exitCode",
      "a.signal as signal",
      "a.queued_at as queuedAt",
      "a.started_at as startedAt",
      "a.finished_at as finishedAt",
      "a.usage as usage",
      "a.isolation as isolation",
      sql<string[]>`array(
        select x.id from artifacts x where x.attempt_id = a.id and a.state = 'failed' order by x.name)`.as("reportIds"),
    ]);

export async function readAttempts(ctx: Ctx, runId: string): Promise<AttemptView[]> {
  return (await attemptQuery(ctx).where("s.run_id", "=", runId).orderBy("a.number").execute()) as AttemptView[];
}

/** The attempt of that number, or the newest; undefined where the step has none (yet, or ever: it was cached). */
export async function readAttempt(
  ctx: Ctx,
  runId: string,
  step: string,
  number?: number,
): Promise<AttemptView | undefined> {
  let query = attemptQuery(ctx).where("s.run_id", "=", runId).where("s.name", "=", step);
  if (number !== undefined) query = query.where("a.number", "=", number);
  return (await query.orderBy("a.number", "desc").limit(1).executeTakeFirst()) as AttemptView | undefined;
}
