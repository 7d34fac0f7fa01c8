import type { Ctx } from "../../db/context.ts";
import { isPaveError, messageOf, must } from "../../kernel/pave-error.ts";
import { latestMetrics, logMetrics } from "../tracking/index.ts";
import { findTrackedRuns } from "./attempt-store.ts";
import { createAttempts } from "./create-attempts.ts";
import type { PipelinesDeps } from "./pipelines-deps.ts";
import type { RunRow } from "./run-store.ts";
import { withSavepoint } from "./savepoint.ts";
import { hintRun } from "./settle-run.ts";
import { type StepStart, stepKindOf } from "./step-kinds.ts";
import { moveSteps, type StepChange, type StepRow, setStepMessage, succeedSteps } from "./step-store.ts";

/**
 * Starts ready steps, under the run's lock; gives how many of them moved. They are started together, in a number of
 * queries that does not grow with them. Where that fails, each half is tried by itself, down to the step at fault: one
 * that cannot be started holds no other up.
 */
export async function startSteps(
  deps: PipelinesDeps,
  ctx: Ctx,
  run: RunRow,
  steps: readonly StepRow[],
): Promise<number> {
  const [first, ...others] = steps;
  if (!first) return 0;
  try {
    return await withSavepoint(ctx, () => startTogether(deps, ctx, run, steps));
  } catch (error) {
    if (others.length === 0) return writeTrouble(ctx, run, first, error);
    const middle = Math.ceil(steps.length / 2);
    const moved = await startSteps(deps, ctx, run, steps.slice(0, middle));
    return moved + (await startSteps(deps, ctx, run, steps.slice(middle)));
  }
}

async function startTogether(deps: PipelinesDeps, ctx: Ctx, run: RunRow, steps: readonly StepRow[]): Promise<number> {
  const starts: Started[] = [];
  for (const group of Map.groupBy(steps, (step) => stepKindOf(step.definition)).entries()) {
    const [kind, ofKind] = group;
    const answers = await kind.start(
      deps,
      ctx,
      run,
      ofKind.map((step) => ({ run, step, definition: step.definition })),
    );
    starts.push(...ofKind.map((step, at) => ({ step, start: must(answers[at], `the start of step ${step.name}`) })));
  }
  await writeStarts(ctx, run, starts);
  return starts.filter(({ start }) => start.type !== "waiting").length;
}

interface Started {
  readonly step: StepRow;
  readonly start: StepStart;
}

async function writeStarts(ctx: Ctx, run: RunRow, starts: readonly Started[]): Promise<void> {
  const waiting = starts.flatMap(({ step, start }) =>
    start.type === "waiting" && step.message !== start.message ? [{ step, message: start.message }] : [],
  );
  for (const [message, group] of Map.groupBy(waiting, ({ message }) => message)) {
    const ids = group.map(({ step }) => step.id);
    await setStepMessage(ctx, ids, message);
  }
  if (waiting.length > 0) hintRun(ctx, run);

  const done = starts.flatMap(({ step, start }) => (start.type === "done" ? [{ step, change: start.change }] : []));
  await succeedSteps(
    ctx,
    done.map(({ step, change }) => ({ stepId: step.id, change })),
  );
  await trackStepMetrics(ctx, run, done);

  const begun = starts.flatMap(({ step, start }) => (start.type === "attempt" ? [step] : []));
  const ids = begun.map((step) => step.id);
  await moveSteps(ctx, ids, "running", { message: null });
  await createAttempts(ctx, run, begun);
}

/** An error with a code is the step's fault and fails it; another is ours, and it is tried again. */
async function writeTrouble(ctx: Ctx, run: RunRow, step: StepRow, error: unknown): Promise<number> {
  if (isPaveError(error) && error.status < 500) {
    const message = error.fix === undefined ? error.message : `${error.message}; ${error.fix}`;
    await moveSteps(ctx, [step.id], "failed", { message });
    return 1;
  }
  ctx.log.error({ runId: run.id, step: step.name, error: messageOf(error) }, "a step could not be started");
  await setStepMessage(ctx, [step.id], `could not be started yet, and is tried again: ${messageOf(error)}`);
  return 0;
}

/**
 * Copies metrics of steps to the pipeline run: what the attempt that counts has logged, and before that what the step
 * gave as its metrics. A step's place in the run is their MLflow step, so where two steps give a metric of the same
 * name the later one's is the latest.
 */
export async function trackStepMetrics(
  ctx: Ctx,
  run: RunRow,
  ended: readonly { readonly step: StepRow; readonly change: StepChange }[],
): Promise<void> {
  const time = ctx.clock.now();
  const attemptIds = ended.flatMap(({ change }) => change.attemptId ?? []);
  const trackedRuns = await findTrackedRuns(ctx, attemptIds);
  const logged = await latestMetrics(ctx, [...trackedRuns.values()]);
  const points = ended.flatMap(({ step, change }) => {
    const metrics = { ...logged.get(trackedRuns.get(change.attemptId ?? "") ?? ""), ...change.metrics };
    return Object.entries(metrics).map(([key, value]) => ({ key, value, step: step.position, time }));
  });
  await logMetrics(ctx, run.trackedRunId, points);
}
