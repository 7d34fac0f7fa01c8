import type { Ctx } from "../../db/context.ts";
import { trackingNotFound } from "./experiment.ts";
import { removeTag } from "./log-store.ts";
import { logMetrics, logParams, type MetricPoint, setTags } from "./log-tracked.ts";
import { putModelMetrics } from "./logged-model-store.ts";
import { assertChangeable, type RunHead } from "./tracked-run.ts";

/** A point that may tell of a model, on a data set, beside the run. */
export interface BatchMetric extends MetricPoint {
  readonly modelId?: string | undefined;
  readonly datasetName?: string | undefined;
  readonly datasetDigest?: string | undefined;
}

export interface LogBatch {
  readonly metrics: readonly BatchMetric[];
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * What a client logs at once: params, then metrics, then tags, a statement for each kind that there is. Not one
 * transaction: all of it may be sent again, so a batch that failed half way is simply sent whole.
 */
export async function logBatch(ctx: Ctx, run: RunHead, batch: LogBatch, ownAttempt: string | null): Promise<void> {
  const isNote = batch.metrics.length === 0 && Object.keys(batch.params).length === 0;
  assertChangeable(run, isNote ? "note" : "log", ownAttempt);
  await logParams(ctx, run.runId, batch.params);
  await logMetrics(ctx, run.runId, batch.metrics);
  const ofModels = batch.metrics.flatMap(({ modelId, datasetName = "", datasetDigest = "", time, ...point }) =>
    modelId === undefined
      ? []
      : [{ ...point, modelId, datasetName, datasetDigest, timestamp: time.getTime(), runId: run.runId }],
  );
  if (ofModels.length > 0) await putModelMetrics(ctx, run.projectId, ofModels);
  await setTags(ctx, run.runId, batch.tags);
}

export const noteTags = (
  ctx: Ctx,
  run: RunHead,
  tags: Readonly<Record<string, string>>,
  ownAttempt: string | null,
): Promise<void> => logBatch(ctx, run, { metrics: [], params: {}, tags }, ownAttempt);

export async function removeRunTag(ctx: Ctx, run: RunHead, key: string, ownAttempt: string | null): Promise<void> {
  assertChangeable(run, "note", ownAttempt);
  if (!(await removeTag(ctx, run.runId, key))) throw trackingNotFound(`tag ${key} on run ${run.runId}`);
}
