import type { Ctx } from "../../db/context.ts";
import { isPaveError } from "../../kernel/pave-error.ts";
import { getTrackedRun } from "../tracking/index.ts";
import type { ModelVersionRow } from "./model-version.ts";

/** The run that logged a version, with what its client said of code and data; null where none of this project did. */
export async function findLoggingRun(ctx: Ctx, { trackedRunId, projectId }: ModelVersionRow) {
  if (trackedRunId === null) return null;
  // whoever registers may name a run that is not here
  const run = await getTrackedRun(ctx, trackedRunId).catch((error: unknown) => {
    if (isPaveError(error) && error.code === "tracking.not_found") return undefined;
    throw error;
  });
  if (!run || run.projectId !== projectId) return null;
  return {
    id: run.runId,
    name: run.name,
    commit: run.tags["mlflow.source.git.commit"] ?? null,
    repository: run.tags["mlflow.source.git.repoURL"] ?? null,
    datasets: run.datasets.map(({ name, digest }) => ({ name, digest })),
  };
}
