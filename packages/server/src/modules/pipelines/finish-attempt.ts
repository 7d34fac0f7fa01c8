import type { AttemptReason } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import type { Work, WorkResult } from "../../jobs/index.ts";
import { isPaveError, must } from "../../kernel/pave-error.ts";
import { revokeToken } from "../access/index.ts";
import { endTrackedRun, logMetrics } from "../tracking/index.ts";
import { completeUsage } from "../usage/index.ts";
import { type AttemptEnd, type AttemptRow, endAttempt, findAttempt, findStepAttempts } from "./attempt-store.ts";
import { createAttempts } from "./create-attempts.ts";
import { createReports } from "./create-outputs.ts";
import { failureText } from "./failure-text.ts";
import type { PipelinesDeps } from "./pipelines-deps.ts";
import { decideRetry } from "./retry-policy.ts";
import { isAttemptOver, isStepOver, lastWords } from "./run-states.ts";
import { lockRun, type RunRow } from "./run-store.ts";
import { wakeReconciler } from "./runs-channel.ts";
import { withSavepoint } from "./savepoint.ts";
import { hintRun, settleRun } from "./settle-run.ts";
import { trackStepMetrics } from "./start-steps.ts";
import { type StepCommit, stepKindOf } from "./step-kinds.ts";
import { findStepsById, moveSteps, type StepRow, setStepMessage } from "./step-store.ts";

/**
 * The end of an attempt, in the transaction that ends its work: outputs, metrics, usage, the step, what it unlocks, and
 * the run when it was the last one. All of it is there or none; the fence was checked before.
 */
export async function finishAttempt(deps: PipelinesDeps, ctx: Ctx, work: Work, result: WorkResult): Promise<void> {
  const runId = (await findAttempt(ctx, work.ownerId))?.runId;
  const run = runId === undefined ? undefined : await lockRun(ctx, runId);
  const attempt = await findAttempt(ctx, work.ownerId);
  if (!run || !attempt || isAttemptOver(attempt.state)) return;
  const step = must((await findStepsById(ctx, [attempt.stepId]))[0], "the attempt's step");
  const ended: Ended = { deps, run, step, attempt, result };
  if (attempt.tokenId !== null) await revokeToken(ctx, attempt.tokenId);
  await writeOutcome(ctx, ended, await judge(ctx, ended));
  await settleRun(deps, ctx, run);
  hintRun(ctx, run);
  wakeReconciler(ctx);
}

interface Ended {
  readonly deps: PipelinesDeps;
  readonly run: RunRow;
  readonly step: StepRow;
  readonly attempt: AttemptRow;
  readonly result: WorkResult;
}

type Judgement = StepCommit | "cancelled";

async function judge(ctx: Ctx, ended: Ended): Promise<Judgement> {
  const { result, run } = ended;
  if (result.outcome === "succeeded") return commit(ctx, ended);
  if (result.outcome === "cancelled" && run.cancelRequested) return "cancelled";
  if (result.outcome === "cancelled")
    return { ok: false, reason: "infra", message: "the runner stopped it, although nobody asked for that" };
  const reason = result.reason ?? "exit";
  return { ok: false, reason, message: failureText(reason, result, ended.step.definition) };
}

/** Errors with a code are the outputs' fault; others are ours, undo the end, and the runner tells it again. */
async function commit(ctx: Ctx, ended: Ended): Promise<StepCommit> {
  const { deps, run, step, attempt, result } = ended;
  const { definition } = step;
  try {
    return await withSavepoint(ctx, () =>
      stepKindOf(definition).commit(deps, ctx, { run, step, definition }, attempt, result),
    );
  } catch (error) {
    if (!isPaveError(error) || error.status >= 500) throw error;
    const reason: AttemptReason = error.code === "blob.not_found" ? "infra" : "invalid-output";
    return { ok: false, reason, message: error.message };
  }
}

async function writeOutcome(ctx: Ctx, ended: Ended, judgement: Judgement): Promise<void> {
  const { attempt, step, run } = ended;
  if (judgement === "cancelled") {
    await endAttempt(ctx, attempt.id, endOf(ctx, ended, { state: "cancelled", reason: "cancelled", message: null }));
    await endTrackedRun(ctx, attempt.trackedRunId, "KILLED");
    return moveSteps(ctx, [step.id], "cancelled", { message: "cancelled" });
  }
  if (judgement.ok) {
    await endAttempt(ctx, attempt.id, endOf(ctx, ended, { state: "succeeded", reason: null, message: null }));
    await trackAttempt(ctx, ended);
    await moveSteps(ctx, [step.id], "succeeded", judgement.change);
    return trackStepMetrics(ctx, run, [{ step, change: judgement.change }]);
  }
  await writeFailure(ctx, ended, judgement);
}

async function writeFailure(
  ctx: Ctx,
  ended: Ended,
  { reason, message }: { reason: AttemptReason; message: string },
): Promise<void> {
  const { attempt, step, run } = ended;
  await endAttempt(ctx, attempt.id, endOf(ctx, ended, { state: "failed", reason, message }));
  await keepReports(ctx, ended);
  await endTrackedRun(ctx, attempt.trackedRunId, "FAILED");
  if (isStepOver(step.state)) return;
  const decision = decideRetry(step.definition.retries, await failuresOf(ctx, step));
  if (!decision.retry || run.cancelRequested) return moveSteps(ctx, [step.id], "failed", { message });
  await setStepMessage(ctx, [step.id], `attempt ${attempt.number} failed: ${lastWords(message)}; tried again`);
  await createAttempts(ctx, run, [step], decision.delayMs);
}

/** Those that cannot be kept change nothing about the end. */
async function keepReports(ctx: Ctx, { deps, run, step, attempt, result }: Ended): Promise<void> {
  const open = { run, step, definition: step.definition };
  await withSavepoint(ctx, () => createReports(deps, ctx, open, attempt, result.outputs)).catch((error: unknown) => {
    if (!isPaveError(error) || error.status >= 500) throw error;
    ctx.log.warn({ attempt: attempt.id, error: error.message }, "reports of a failed attempt were not kept");
  });
}

/** Reasons of the failures since the step was last started by hand: a retry of the run begins to count anew. */
async function failuresOf(ctx: Ctx, step: StepRow): Promise<AttemptReason[]> {
  const attempts = await findStepAttempts(ctx, step.id);
  const since = step.startedAt?.getTime() ?? 0;
  return attempts.flatMap((attempt) =>
    attempt.queuedAt.getTime() >= since && attempt.reason !== null ? [attempt.reason] : [],
  );
}

function endOf(ctx: Ctx, { result }: Ended, end: Pick<AttemptEnd, "state" | "reason" | "message">): AttemptEnd {
  return {
    ...end,
    exitCode: result.exitCode,
    signal: result.signal,
    startedAt: result.startedAt === null ? null : new Date(result.startedAt),
    finishedAt: ctx.clock.now(),
    usage: result.usage === null ? null : completeUsage(result.usage),
    isolation: result.isolation ?? null,
  };
}

async function trackAttempt(ctx: Ctx, { attempt, result }: Ended): Promise<void> {
  const time = ctx.clock.now();
  await logMetrics(
    ctx,
    attempt.trackedRunId,
    Object.entries(result.metrics).map(([key, value]) => ({ key, value, step: 0, time })),
  );
  await endTrackedRun(ctx, attempt.trackedRunId, "FINISHED");
}
