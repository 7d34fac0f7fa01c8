import type { Ctx } from "../../db/context.ts";
import { messageOf } from "../../kernel/pave-error.ts";
import { advanceRun } from "./advance-run.ts";
import type { PipelinesDeps } from "./pipelines-deps.ts";
import { findRunsToAdvance } from "./run-store.ts";

/** One look of the reconciler: takes every run on that can go on. One run's failure leaves the others alone. */
export async function tickRuns(deps: PipelinesDeps, ctx: Ctx): Promise<void> {
  for (const runId of await findRunsToAdvance(ctx)) {
    try {
      await advanceRun(deps, ctx, runId);
    } catch (error) {
      ctx.log.error({ runId, error: messageOf(error) }, "a run could not be taken on; it is tried again");
    }
  }
}
