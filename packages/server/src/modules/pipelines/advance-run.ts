import { asActor, type Ctx, inTransaction } from "../../db/context.ts";
import { systemActor } from "../../kernel/actor.ts";
import { messageOf } from "../../kernel/pave-error.ts";
import { findWorkToCancel } from "./attempt-store.ts";
import type { PipelinesDeps } from "./pipelines-deps.ts";
import { isRunOver } from "./run-states.ts";
import { lockRun } from "./run-store.ts";
import { hintRun, settleRun } from "./settle-run.ts";
import { startSteps } from "./start-steps.ts";
import { findStepsById } from "./step-store.ts";

/** Steps started in one transaction; a wide fan-out takes several, so that attempts that end meanwhile get in between. */
const batchSize = 250;

/**
 * Takes a run as far as it can go now: starts what is ready, takes from the cache what is there, ends it when all is
 * over, stops what a cancel has to stop. Safe to call at any time, from any number of processes.
 */
export async function advanceRun(deps: PipelinesDeps, ctx: Ctx, runId: string): Promise<void> {
  for (let progress = true; progress; ) {
    progress = await inTransaction(ctx, (ctx) => advanceOnce(deps, ctx, runId));
  }
  await stopIfCancelled(deps, ctx, runId);
}

/**
 * Takes a run on at once, where the reconciler would do it a moment later: for after a commit that made something
 * ready. Never throws: whatever goes wrong, the reconciler tries again.
 */
export async function goOn(deps: PipelinesDeps, ctx: Ctx, runId: string | undefined): Promise<void> {
  if (runId === undefined) return;
  try {
    await advanceRun(deps, asActor(ctx, systemActor), runId);
  } catch (error) {
    ctx.log.warn({ runId, error: messageOf(error) }, "a run could not be taken on at once; the reconciler will");
  }
}

/** True when there may be more to do at once. */
async function advanceOnce(deps: PipelinesDeps, ctx: Ctx, runId: string): Promise<boolean> {
  const locked = await lockRun(ctx, runId);
  if (!locked || isRunOver(locked.state)) return false;
  const { run, readyIds } = await settleRun(deps, ctx, locked);
  let moved = 0;
  for (let at = 0; at < readyIds.length && moved === 0; at += batchSize) {
    moved = await startSteps(deps, ctx, run, await findStepsById(ctx, readyIds.slice(at, at + batchSize)));
  }
  if (moved === 0) return false;
  await settleRun(deps, ctx, run);
  hintRun(ctx, run);
  return true;
}

/** Outside of the run's lock: work is locked before its run, never after. */
async function stopIfCancelled(deps: PipelinesDeps, ctx: Ctx, runId: string): Promise<void> {
  for (const workId of await findWorkToCancel(ctx, runId)) await deps.jobs.requestCancel(ctx, workId);
}
