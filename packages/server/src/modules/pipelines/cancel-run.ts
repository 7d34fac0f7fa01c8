import { topics } from "@pave/contract";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { must, PaveError } from "../../kernel/pave-error.ts";
import { recordEvent } from "../ledger/index.ts";
import { advanceRun } from "./advance-run.ts";
import type { PipelinesDeps } from "./pipelines-deps.ts";
import { isRunOver } from "./run-states.ts";
import { lockRun, setCancelRequested } from "./run-store.ts";
import { wakeReconciler } from "./runs-channel.ts";

/**
 * Cancels a run: what has not begun ends now, what runs is stopped by its runner within seconds. Cancelling again
 * changes nothing; a run that ended by itself is refused.
 */
export async function cancelRun(deps: PipelinesDeps, ctx: Ctx, runId: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const run = must(await lockRun(ctx, runId), `run ${runId}`);
    if (run.cancelRequested || run.state === "cancelled") return;
    if (isRunOver(run.state)) {
      throw new PaveError("run.already_finished", `Run ${run.number} has ${run.state} already`, {
        fix: "There is nothing to cancel",
      });
    }
    await setCancelRequested(ctx, runId, true);
    await recordEvent(ctx, {
      type: "run.cancel-requested",
      subjectType: "run",
      subjectId: runId,
      projectId: run.projectId,
      revisionId: run.revisionId,
      data: { number: run.number, pipeline: run.pipeline },
    });
    ctx.hint(topics.run(run.project, run.number));
    wakeReconciler(ctx);
  });
  await advanceRun(deps, ctx, runId);
}
