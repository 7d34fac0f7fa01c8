import type { Ctx } from "../../db/context.ts";
import { findRun } from "./run-store.ts";
import { findSteps } from "./step-store.ts";

/** The artifact that a run's step left under this name; undefined where there is none, or the run is of another pipeline. */
export async function findRunOutput(
  ctx: Ctx,
  runId: string,
  { pipeline, step, output }: { pipeline: string; step: string; output: string },
): Promise<string | undefined> {
  const run = await findRun(ctx, runId);
  if (run?.pipeline !== pipeline) return undefined;
  return (await findSteps(ctx, runId, [step]))[0]?.outputs[output];
}
