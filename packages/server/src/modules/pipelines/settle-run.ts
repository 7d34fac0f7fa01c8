import { topics } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { messageOf } from "../../kernel/pave-error.ts";
import { recordEvent } from "../ledger/index.ts";
import { endTrackedRun } from "../tracking/index.ts";
import type { PipelinesDeps } from "./pipelines-deps.ts";
import { countEnd } from "./run-metrics.ts";
import { settle } from "./run-states.ts";
import { moveRun, type RunRow } from "./run-store.ts";
import { wakeReconciler } from "./runs-channel.ts";
import { withSavepoint } from "./savepoint.ts";
import { findStepStates, moveSteps } from "./step-store.ts";

/**
 * Writes what follows from the states of the steps: who is ready, skipped or cancelled, and whether the run is over.
 * Call it under the run's lock whenever a step has moved. Gives the run as it is then, and who is ready.
 */
export async function settleRun(
  deps: PipelinesDeps,
  ctx: Ctx,
  run: RunRow,
): Promise<{ readonly run: RunRow; readonly readyIds: readonly string[] }> {
  const steps = await findStepStates(ctx, run.id);
  const settlement = settle(run, steps);
  const ids = new Map(steps.map((step) => [step.name, step.id]));
  const groups = Map.groupBy(settlement.steps, (move) => JSON.stringify([move.to, move.message]));
  for (const moves of groups.values()) {
    const first = moves[0];
    const moved = moves.flatMap((move) => ids.get(move.name) ?? []);
    if (first) await moveSteps(ctx, moved, first.to, { message: first.message });
  }
  if (settlement.run) await writeRunMove(deps, ctx, run, settlement.run);
  if (groups.size > 0 || settlement.run) hintRun(ctx, run);
  if (settlement.steps.some((move) => move.to === "ready")) wakeReconciler(ctx);

  const moves = new Map(settlement.steps.map((move) => [move.name, move]));
  const ready = steps.filter((step) => (moves.get(step.name)?.to ?? step.state) === "ready");
  return { run: { ...run, state: settlement.run?.to ?? run.state }, readyIds: ready.map((step) => step.id) };
}

export const hintRun = (ctx: Ctx, run: RunRow): void => ctx.hint(topics.run(run.project, run.number));

const trackedStatus = { succeeded: "FINISHED", failed: "FAILED", cancelled: "KILLED" } as const;

async function writeRunMove(
  deps: PipelinesDeps,
  ctx: Ctx,
  run: RunRow,
  move: NonNullable<ReturnType<typeof settle>["run"]>,
): Promise<void> {
  await moveRun(ctx, run.id, move.to, move.message);
  ctx.hint(topics.project(run.project), topics.home);
  if (move.to === "queued" || move.to === "running") return;
  await countEnd(ctx, run, move.to);
  await endTrackedRun(ctx, run.trackedRunId, trackedStatus[move.to]);
  await recordEvent(ctx, {
    type: "run.finished",
    subjectType: "run",
    subjectId: run.id,
    projectId: run.projectId,
    revisionId: run.revisionId,
    result: move.to === "succeeded" ? "ok" : move.to,
    data: { number: run.number, kind: run.kind, pipeline: run.pipeline, message: move.message },
  });
  const { id, projectId, number, kind } = run;
  await tellFinished(deps, ctx, { id, projectId, number, kind, state: move.to, message: move.message });
}

async function tellFinished(
  deps: PipelinesDeps,
  ctx: Ctx,
  run: Parameters<NonNullable<PipelinesDeps["onRunFinished"]>>[1],
): Promise<void> {
  try {
    await withSavepoint(ctx, async () => deps.onRunFinished?.(ctx, run));
  } catch (error) {
    ctx.log.error({ runId: run.id, error: messageOf(error) }, "a listener to the end of runs failed");
  }
}
