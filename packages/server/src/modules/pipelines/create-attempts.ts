import type { Ctx } from "../../db/context.ts";
import { enqueueAll } from "../../jobs/index.ts";
import { newId } from "../../kernel/ids.ts";
import { must } from "../../kernel/pave-error.ts";
import { createTrackedRuns, ensureExperiment, newTrackedRunId } from "../tracking/index.ts";
import { insertAttempts } from "./attempt-store.ts";
import type { RunRow } from "./run-store.ts";
import { stepKindOf } from "./step-kinds.ts";
import type { StepRow } from "./step-store.ts";

/** The kind of owner under which the work of attempts is known to `jobs`. */
export const attemptOwner = "attempt";

/**
 * Writes the intent to run steps once more: attempts and their work, in one transaction. From here on a runner may
 * claim it; a crash before the commit leaves nothing, a crash after it loses nothing.
 */
export async function createAttempts(ctx: Ctx, run: RunRow, steps: readonly StepRow[], delayMs = 0): Promise<void> {
  if (steps.length === 0) return;
  const attempts = steps.map((step) => ({
    id: newId(),
    step,
    stepId: step.id,
    workId: newId(),
    trackedRunId: newTrackedRunId(),
    compute: step.definition.kind === "command" ? step.definition.compute : "local",
  }));
  const numbers = await insertAttempts(ctx, attempts);
  const experiment = await ensureExperiment(ctx, { id: run.projectId, name: run.project });
  await createTrackedRuns(
    ctx,
    attempts.map(({ id, step, trackedRunId }) => {
      const number = must(numbers.get(id), "the attempt's number");
      return {
        runId: trackedRunId,
        experimentId: experiment.id,
        name: number === 1 ? step.name : `${step.name}, attempt ${number}`,
        principalId: run.principalId,
        userName: `${run.project} #${run.number}`,
        owner: "attempt" as const,
        parentRunId: run.trackedRunId,
        tags: { "pave.run": String(run.number), "pave.step": step.name, "pave.attempt": String(number) },
        params: step.definition.kind === "command" ? step.definition.params : {},
      };
    }),
  );
  await enqueueAll(
    ctx,
    attempts.map(({ id, workId, step }) => ({
      id: workId,
      ownerKind: attemptOwner,
      ownerId: id,
      projectId: run.projectId,
      payload: { kind: stepKindOf(step.definition).workKind },
      delayMs,
    })),
  );
}
