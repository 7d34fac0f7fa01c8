import { topics } from "@pave/contract";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { must, PaveError } from "../../kernel/pave-error.ts";
import { recordEvent } from "../ledger/index.ts";
import { getRevision } from "../projects/index.ts";
import { reopenTrackedRun } from "../tracking/index.ts";
import type { PipelinesDeps } from "./pipelines-deps.ts";
import { lockRun, moveRun, type RunRow, setCancelRequested, setPythonEnvironment } from "./run-store.ts";
import { wakeReconciler } from "./runs-channel.ts";
import { needsPython } from "./start-run.ts";
import { findSteps, resetSteps } from "./step-store.ts";

/** Runs what failed, was skipped or was cancelled once more, in the same run; what succeeded stays. */
export async function retryRun(deps: PipelinesDeps, ctx: Ctx, runId: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const run = must(await lockRun(ctx, runId), `run ${runId}`);
    assertRetryable(run);
    if (run.environment !== null) await deps.assertRunsFor(ctx, run.environment);
    const steps = await findSteps(ctx, runId);
    if (steps.some(needsPython)) await renewEnvironment(deps, ctx, run);
    await setCancelRequested(ctx, runId, false);
    await moveRun(ctx, runId, "running", null);
    const open = steps.filter((step) => step.state !== "succeeded");
    await resetSteps(
      ctx,
      open.map((step) => step.id),
    );
    await reopenTrackedRun(ctx, run.trackedRunId);
    await recordEvent(ctx, {
      type: "run.retried",
      subjectType: "run",
      subjectId: runId,
      projectId: run.projectId,
      revisionId: run.revisionId,
      data: { number: run.number, pipeline: run.pipeline, steps: open.map((step) => step.name) },
    });
    ctx.hint(topics.run(run.project, run.number), topics.project(run.project), topics.home);
    wakeReconciler(ctx);
  });
}

function assertRetryable(run: RunRow): void {
  if (run.state === "failed" || run.state === "cancelled") return;
  const message = run.state === "succeeded" ? `Run ${run.number} succeeded` : `Run ${run.number} has not ended yet`;
  const fix =
    run.state === "succeeded"
      ? "Start a new run; `pave run --refresh` ignores cached results"
      : "Wait for it, or cancel it first";
  throw new PaveError("run.not_retryable", message, { fix });
}

/** An environment that could not be built is tried again too. */
async function renewEnvironment(deps: PipelinesDeps, ctx: Ctx, run: RunRow): Promise<void> {
  const revision = await getRevision(ctx, run.projectId, run.revisionId);
  const environment = await deps.projects.ensurePythonEnvironment(ctx, revision);
  await setPythonEnvironment(ctx, run.id, environment?.id ?? null);
}
