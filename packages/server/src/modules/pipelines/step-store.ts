import type { StepState } from "@pave/contract";
import { sql } from "kysely";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";
import type { CacheFields } from "./cache-key.ts";
import { isStepOver, statesBefore, stepMoves } from "./run-states.ts";
import type { StepDefinition } from "./step-definition.ts";

export interface StepRow {
  readonly id: string;
  readonly runId: string;
  readonly name: string;
  readonly position: number;
  readonly kind: string;
  readonly uses: string;
  readonly state: StepState;
  readonly needs: readonly string[];
  readonly definition: StepDefinition;
  readonly cacheKey: string | null;
  /** The attempt whose results count; for a cached step the one that they came from. */
  readonly attemptId: string | null;
  /** Port to artifact id. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly message: string | null;
  readonly startedAt: Date | null;
}

const columns = [
  "id",
  "run_id as runId",
  "name",
  "position",
  "kind",
  "uses",
  "state",
  "needs",
  "definition",
  "cache_key as cacheKey",
  "attempt_id as attemptId",
  "outputs",
  "metrics",
  "message",
  "started_at as startedAt",
] as const;

const stepQuery = (ctx: Ctx) => ctx.db.selectFrom("steps").select(columns).orderBy("position");

/** All steps of a run, or those of these names, in the order of the run. */
export async function findSteps(ctx: Ctx, runId: string, names?: readonly string[]): Promise<StepRow[]> {
  if (names?.length === 0) return [];
  const query = stepQuery(ctx).where("run_id", "=", runId);
  return (await (names === undefined ? query : query.where("name", "in", [...names])).execute()) as StepRow[];
}

/** What steps of a run gave so far, by name: port to artifact id. */
export async function findOutputs(
  ctx: Ctx,
  runId: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, StepRow["outputs"]>> {
  if (names.length === 0) return new Map();
  const rows = await ctx.db
    .selectFrom("steps")
    .select(["name", "outputs"])
    .where("run_id", "=", runId)
    .where("name", "in", [...names])
    .execute();
  return new Map(rows.map(({ name, outputs }) => [name, outputs as StepRow["outputs"]]));
}

export async function findStepsById(ctx: Ctx, ids: readonly string[]): Promise<StepRow[]> {
  if (ids.length === 0) return [];
  return (await stepQuery(ctx)
    .where("id", "in", [...ids])
    .execute()) as StepRow[];
}

/** What is needed to settle a run; definitions are large and stay where they are. */
export type StepStatus = Pick<StepRow, "id" | "name" | "state" | "needs" | "message">;

export async function findStepStates(ctx: Ctx, runId: string): Promise<StepStatus[]> {
  const query = ctx.db.selectFrom("steps").select(["id", "name", "state", "needs", "message"]);
  return query.where("run_id", "=", runId).orderBy("position").execute();
}

export interface NewStep {
  readonly name: string;
  readonly kind: StepDefinition["kind"];
  readonly uses: string;
  readonly needs: readonly string[];
  readonly definition: StepDefinition;
}

export async function insertSteps(
  ctx: Ctx,
  runId: string,
  steps: readonly (NewStep & { readonly id: string })[],
): Promise<void> {
  const rows = steps.map((step, position) => ({
    id: step.id,
    run_id: runId,
    name: step.name,
    position,
    kind: step.kind,
    uses: step.uses,
    state: "pending" as const,
    needs: [...step.needs],
    definition: json(step.definition),
  }));
  // a query may have 65,535 parameters
  for (let at = 0; at < rows.length; at += 1000) {
    await ctx.db
      .insertInto("steps")
      .values(rows.slice(at, at + 1000))
      .execute();
  }
}

export interface StepChange {
  readonly message?: string | null;
  readonly attemptId?: string;
  readonly cachedFrom?: string;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly metrics?: Readonly<Record<string, number>>;
  readonly result?: unknown;
}

/** Moves steps; under the run's lock, so a step in another state than expected is a bug and stays as it is. */
export async function moveSteps(
  ctx: Ctx,
  stepIds: readonly string[],
  to: StepState,
  change: StepChange = {},
): Promise<void> {
  if (stepIds.length === 0) return;
  const now = ctx.clock.now();
  await ctx.db
    .updateTable("steps")
    .set({
      state: to,
      version: sql`version + 1`,
      ...(to === "running" ? { started_at: now } : {}),
      ...(isStepOver(to) ? { finished_at: now } : {}),
      ...(change.message === undefined ? {} : { message: change.message }),
      ...(change.attemptId === undefined ? {} : { attempt_id: change.attemptId }),
      ...(change.cachedFrom === undefined ? {} : { cached_from: change.cachedFrom }),
      ...(change.outputs === undefined ? {} : { outputs: json(change.outputs) }),
      ...(change.metrics === undefined ? {} : { metrics: json(change.metrics) }),
      ...(change.result === undefined ? {} : { result: json(change.result) }),
    })
    .where("id", "in", [...stepIds])
    .where("state", "in", statesBefore(stepMoves, to))
    .execute();
}

/** Ends steps with what each of them gave, in one query; guarded as in `moveSteps`. */
export async function succeedSteps(
  ctx: Ctx,
  steps: readonly { readonly stepId: string; readonly change: StepChange }[],
): Promise<void> {
  if (steps.length === 0) return;
  const rows = steps.map(({ stepId, change }) => ({ id: stepId, ...change }));
  await sql`
    update steps set
      state = 'succeeded', version = steps.version + 1, finished_at = ${ctx.clock.now()}, message = change.message,
      attempt_id = coalesce(change."attemptId", steps.attempt_id),
      cached_from = coalesce(change."cachedFrom", steps.cached_from),
      outputs = coalesce(change.outputs, steps.outputs),
      metrics = coalesce(change.metrics, steps.metrics),
      result = coalesce(change.result, steps.result)
    from jsonb_to_recordset(${json(rows)}) as change(
      id text, message text, "attemptId" text, "cachedFrom" text, outputs jsonb, metrics jsonb, result jsonb)
    where steps.id = change.id and steps.state = any(${statesBefore(stepMoves, "succeeded")}::text[])
  `.execute(ctx.db);
}

/** As if it had never run; its attempts stay as history. */
export async function resetSteps(ctx: Ctx, stepIds: readonly string[]): Promise<void> {
  await ctx.db
    .updateTable("steps")
    .set({ state: "pending", message: null, started_at: null, finished_at: null, version: sql`version + 1` })
    .where("id", "in", [...stepIds])
    .where("state", "in", statesBefore(stepMoves, "pending"))
    .execute();
}

/** A word about steps that are not over: why they wait, or are tried again. */
export async function setStepMessage(ctx: Ctx, stepIds: readonly string[], message: string): Promise<void> {
  await ctx.db
    .updateTable("steps")
    .set({ message })
    .where("id", "in", [...stepIds])
    .where("state", "in", ["ready", "running"])
    .execute();
}

export interface StepCache {
  readonly stepId: string;
  readonly key: string;
  readonly fields: CacheFields;
  readonly miss: string | null;
}

export async function setCaches(ctx: Ctx, caches: readonly StepCache[]): Promise<void> {
  if (caches.length === 0) return;
  const rows = caches.map(({ stepId, key, fields, miss }) => ({ id: stepId, key, fields, miss }));
  await sql`
    update steps set cache_key = cache.key, cache_fields = cache.fields, cache_miss = cache.miss
    from jsonb_to_recordset(${json(rows)}) as cache(id text, key text, fields jsonb, miss text)
    where steps.id = cache.id
  `.execute(ctx.db);
}

export interface CachedResult {
  readonly attemptId: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
}

/** By key, the newest result that was made (not itself taken from the cache) under it. A key names its project. */
export async function findCached(ctx: Ctx, keys: readonly string[]): Promise<ReadonlyMap<string, CachedResult>> {
  if (keys.length === 0) return new Map();
  const rows = await ctx.db
    .selectFrom("steps")
    .distinctOn("cache_key")
    .select(["cache_key as key", "attempt_id as attemptId", "outputs", "metrics"])
    .where("cache_key", "in", [...new Set(keys)])
    .where("state", "=", "succeeded")
    .where("cached_from", "is", null)
    .where("attempt_id", "is not", null)
    .orderBy("cache_key")
    .orderBy("finished_at", "desc")
    .execute();
  return new Map(rows.map(({ key, ...result }) => [key, result as CachedResult] as [string, CachedResult]));
}

/** By key, the number of a run of which a step is making that result right now. */
export async function findRunsMaking(ctx: Ctx, keys: readonly string[]): Promise<Map<string, number>> {
  if (keys.length === 0) return new Map();
  const rows = await ctx.db
    .selectFrom("steps as s")
    .innerJoin("runs as r", "r.id", "s.run_id")
    .select(["s.cache_key as key", "r.number as number"])
    .where("s.cache_key", "in", [...new Set(keys)])
    .where("s.state", "=", "running")
    .execute();
  return new Map(rows.map(({ key, number }) => [key as string, number]));
}

/** By name of a step, what the newest success of the same step in an earlier run of the pipeline was made from. */
export async function findLastFields(
  ctx: Ctx,
  run: { readonly projectId: string; readonly pipeline: string; readonly id: string },
  names: readonly string[],
): Promise<ReadonlyMap<string, CacheFields>> {
  if (names.length === 0) return new Map();
  const { rows } = await sql<{ name: string; fields: CacheFields }>`
    select asked.name as name, last.cache_fields as fields
    from unnest(${[...new Set(names)]}::text[]) as asked(name)
    cross join lateral (
      select s.cache_fields
      from steps s join runs r on r.id = s.run_id
      where s.name = asked.name and s.state = 'succeeded' and s.cache_key is not null
        and r.project_id = ${run.projectId} and r.pipeline = ${run.pipeline} and r.id <> ${run.id}
      order by s.finished_at desc
      limit 1
    ) as last
  `.execute(ctx.db);
  return new Map(rows.map(({ name, fields }) => [name, fields]));
}
