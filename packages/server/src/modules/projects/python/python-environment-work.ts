import { topics } from "@pave/contract";
import type { Ctx } from "../../../db/context.ts";
import type { LogChunk, Work, WorkHandler, WorkResult } from "../../../jobs/index.ts";
import { recordEvent } from "../../ledger/index.ts";
import { findProjectById } from "../projects-store.ts";
import { appendLog, finishPythonEnvironment, setBuilding } from "./python-environments-store.ts";

const maxLogBytes = 2 * 2 ** 20;

/** What happens when a runner builds a Python environment. `onFinished` is told of both ends, so that runs go on or fail. */
export function pythonEnvironmentWork(onFinished: (ctx: Ctx, environmentId: string) => Promise<void>): WorkHandler {
  return {
    async progressed(ctx, work) {
      await setBuilding(ctx, work.ownerId);
      await hintProject(ctx, work);
    },
    async logged(ctx, work, chunks) {
      let next = 0;
      for (const chunk of chunks) next = await keep(ctx, work.ownerId, chunk);
      await hintProject(ctx, work);
      return next;
    },
    async finished(ctx, work, result) {
      const outcome = outcomeOf(result);
      await finishPythonEnvironment(ctx, work.ownerId, outcome);
      await recordEvent(ctx, {
        type: "error" in outcome ? "python-environment.failed" : "python-environment.built",
        subjectType: "python-environment",
        subjectId: work.ownerId,
        projectId: work.projectId,
        result: "error" in outcome ? "failed" : "ok",
        data:
          "error" in outcome
            ? { error: outcome.error.slice(0, 500) }
            : {
                digest: outcome.digest,
                tool: outcome.tool,
                interpreter: outcome.interpreter,
                packages: outcome.packages.length,
                seconds: outcome.seconds,
              },
      });
      await onFinished(ctx, work.ownerId);
      await hintProject(ctx, work);
    },
  };
}

/** A log that is too long is kept up to the limit; the rest counts as received. */
async function keep(ctx: Ctx, id: string, chunk: LogChunk): Promise<number> {
  const end = chunk.offset + Buffer.byteLength(chunk.text);
  return end > maxLogBytes ? end : appendLog(ctx, id, chunk.offset, chunk.text);
}

function outcomeOf(result: WorkResult) {
  const built = result.pythonEnvironment;
  if (result.outcome === "succeeded" && built) return built;
  return {
    error: result.message ?? (result.outcome === "cancelled" ? "it was cancelled" : "the runner gave no reason"),
  };
}

async function hintProject(ctx: Ctx, work: Work): Promise<void> {
  const project = work.projectId === null ? undefined : await findProjectById(ctx, work.projectId);
  if (project) ctx.hint(topics.project(project.name));
}
