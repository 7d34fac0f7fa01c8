import { join } from "node:path";
import ort from "onnxruntime-node";
import { messageOf } from "../../kernel/pave-error.ts";
import { ModelProblem } from "../model/model-problem.ts";
import type { Runtime, Tensors } from "./runtime.ts";

/**
 * Runs an ONNX file in this process, which stands still meanwhile: `session.run` is async in name only. `beforeRun` is
 * called right before each time that happens. Throws ModelProblem when the file cannot be loaded.
 */
export async function openOnnxRuntime(folder: string, file: string, beforeRun?: () => void): Promise<Runtime> {
  const session = await createSession(folder, file);
  return {
    inputs: session.inputMetadata,
    outputs: session.outputMetadata,
    async run(feeds) {
      // session.run puts the native call into an immediate of its own, which comes right after this one
      if (beforeRun) setImmediate(beforeRun);
      return (await session.run(ortTensors(feeds))) as unknown as Tensors;
    },
    release: () => session.release(),
  };
}

function ortTensors(feeds: Tensors): Record<string, ort.Tensor> {
  const tensors: Record<string, ort.Tensor> = {};
  for (const name in feeds) {
    const { type, data, dims } = feeds[name] as Tensors[string];
    tensors[name] = new ort.Tensor(type as "float32", data as Float32Array, dims);
  }
  return tensors;
}

/** One thread: per-tick batches of small models are slower on more, and a process per core uses the others. */
async function createSession(folder: string, file: string): Promise<ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(join(folder, file), {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
    });
  } catch (error) {
    if (/Protobuf parsing failed/i.test(messageOf(error)))
      throw new ModelProblem(
        `${file} cannot be loaded as ONNX: it is of another format, or was cut off; export the model again, for example with skl2onnx`,
        { cause: error },
      );
    const reason = messageOf(error).replaceAll(`${folder}/`, "").replace(/\s+/g, " ").slice(0, 300);
    throw new ModelProblem(`${file} cannot be loaded as ONNX: ${reason}`, { cause: error });
  }
}
