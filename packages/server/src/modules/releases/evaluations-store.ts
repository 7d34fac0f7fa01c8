import type { Metrics } from "@pave/contract";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";
import { newId } from "../../kernel/ids.ts";

/** What makes two evaluations the same one. */
export interface EvaluationKey {
  readonly modelDigest: string;
  readonly testDigest: string;
  /** Whose it is, the component, the digest of its code, and its params. */
  readonly component: string;
}

export interface EvaluationRow {
  readonly id: string;
  readonly runId: string | null;
  readonly state: "running" | "succeeded" | "failed";
  readonly metrics: Metrics;
  readonly message: string | null;
}

const columns = ["id", "run_id as runId", "state", "metrics", "message"] as const;

export async function findEvaluation(ctx: Ctx, key: EvaluationKey): Promise<EvaluationRow | undefined> {
  const row = await ctx.db
    .selectFrom("evaluations")
    .select(columns)
    .where("model_digest", "=", key.modelDigest)
    .where("test_digest", "=", key.testDigest)
    .where("component", "=", key.component)
    .orderBy("created_at", "desc")
    .limit(1)
    .executeTakeFirst();
  return row as EvaluationRow | undefined;
}

/**
 * Its id, for whoever comes first: of two at once the second waits for the first transaction, and gets undefined. The
 * run is set in the same transaction.
 */
export async function claimEvaluation(
  ctx: Ctx,
  key: EvaluationKey,
  evaluation: { projectId: string; model: string; modelVersion: number },
): Promise<string | undefined> {
  const row = await ctx.db
    .insertInto("evaluations")
    .values({
      id: newId(),
      project_id: evaluation.projectId,
      model: evaluation.model,
      model_version: evaluation.modelVersion,
      model_digest: key.modelDigest,
      test_digest: key.testDigest,
      component: key.component,
      run_id: null,
      state: "running",
      created_at: ctx.clock.now(),
    })
    .onConflict((conflict) =>
      conflict.columns(["model_digest", "test_digest", "component"]).where("state", "<>", "failed").doNothing(),
    )
    .returning("id")
    .executeTakeFirst();
  return row?.id;
}

export async function setEvaluationRun(ctx: Ctx, id: string, runId: string): Promise<void> {
  await ctx.db.updateTable("evaluations").set({ run_id: runId }).where("id", "=", id).execute();
}

export async function listRunningEvaluations(ctx: Ctx): Promise<{ id: string; runId: string | null }[]> {
  return ctx.db.selectFrom("evaluations").select(["id", "run_id as runId"]).where("state", "=", "running").execute();
}

export async function finishEvaluation(
  ctx: Ctx,
  id: string,
  result: { state: "succeeded" | "failed"; metrics: Metrics; message: string | null },
): Promise<void> {
  await ctx.db
    .updateTable("evaluations")
    .set({ state: result.state, metrics: json(result.metrics), message: result.message, finished_at: ctx.clock.now() })
    .where("id", "=", id)
    .where("state", "=", "running")
    .execute();
}

/** What was measured of versions of a model that has another name now. */
export async function renameEvaluated(ctx: Ctx, from: string, to: string): Promise<void> {
  await ctx.db.updateTable("evaluations").set({ model: to }).where("model", "=", from).execute();
}
