import type { Ctx } from "../../db/context.ts";
import type { WorkHandler } from "../../jobs/index.ts";
import { advanceRun } from "./advance-run.ts";
import { attemptHandler } from "./attempt-handler.ts";
import { cancelRun } from "./cancel-run.ts";
import type { PipelinesDeps } from "./pipelines-deps.ts";
import { retryRun } from "./retry-run.ts";
import { type StartEvaluation, startEvaluation } from "./start-evaluation.ts";
import { type StartRun, startRun } from "./start-run.ts";
import { tickRuns } from "./tick-runs.ts";

export interface Pipelines {
  startRun(ctx: Ctx, input: StartRun): Promise<{ id: string; number: number }>;
  startEvaluation(ctx: Ctx, input: StartEvaluation): Promise<{ id: string; number: number }>;
  cancelRun(ctx: Ctx, runId: string): Promise<void>;
  retryRun(ctx: Ctx, runId: string): Promise<void>;
  advanceRun(ctx: Ctx, runId: string): Promise<void>;
  /** The worker's loop: on `runsChannel`, and every two seconds. */
  tickRuns(ctx: Ctx): Promise<void>;
  /** To be registered with the jobs as `attemptOwner`. */
  readonly attemptHandler: WorkHandler;
}

export function createPipelines(deps: PipelinesDeps): Pipelines {
  return {
    startRun: (ctx, input) => startRun(deps, ctx, input),
    startEvaluation: (ctx, input) => startEvaluation(deps, ctx, input),
    cancelRun: (ctx, runId) => cancelRun(deps, ctx, runId),
    retryRun: (ctx, runId) => retryRun(deps, ctx, runId),
    advanceRun: (ctx, runId) => advanceRun(deps, ctx, runId),
    tickRuns: (ctx) => tickRuns(deps, ctx),
    attemptHandler: attemptHandler(deps),
  };
}
