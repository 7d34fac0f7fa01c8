import { type OpenModel, openModel, openModelOf } from "../model/open-model.ts";
import { warm } from "../model/reference.ts";
import { openOnnxRuntime } from "../runtime/onnx-runtime.ts";
import { ProcessRuntime } from "../runtime/process-runtime.ts";
import type { WorkerEndpoint, WorkerRelease } from "../worker-messages.ts";
import { Batcher } from "./batcher.ts";

/** A release that this process can answer for. */
export interface LoadedRelease {
  readonly deploymentId: string;
  readonly releaseId: string;
  readonly modelName: string;
  readonly modelVersion: string;
  /** Model name and version as answers carry them. */
  readonly identityJson: string;
  readonly model: OpenModel;
  /** What one row costs, by the check. */
  readonly rowMs: number;
  readonly batcher: Batcher;
}

/**
 * Loads and warms a release; one that has a process of its own is loaded and warm there. `beforeRun` is called each time
 * right before this process stands still for the model. Throws ModelProblem.
 */
export async function loadRelease(
  endpoint: WorkerEndpoint,
  release: WorkerRelease,
  beforeRun: () => void,
): Promise<LoadedRelease> {
  const { releaseId, modelName, modelVersion, folder, rowMs, process } = release;
  const model = await (process ? openModelOf(folder, new ProcessRuntime(process)) : openWarm(folder, beforeRun));
  const identityJson = JSON.stringify({ name: modelName, version: modelVersion });
  return {
    deploymentId: endpoint.deploymentId,
    releaseId,
    modelName,
    modelVersion,
    identityJson,
    model,
    rowMs,
    batcher: new Batcher(model),
  };
}

async function openWarm(folder: string, beforeRun: () => void): Promise<OpenModel> {
  const model = await openModel(folder, (...file) => openOnnxRuntime(...file, beforeRun));
  try {
    await warm(model, folder);
    return model;
  } catch (error) {
    await model.release();
    throw error;
  }
}

/** Frees the model when the last of its requests is answered. */
export function closeRelease({ batcher, model }: LoadedRelease) {
  const close = () => void model.release();
  if (batcher.pending === 0) close();
  else batcher.onIdle = close;
}
