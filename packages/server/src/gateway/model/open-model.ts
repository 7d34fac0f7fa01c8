import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ModelAnswers, ModelFeature } from "@pave/contract";
import { must } from "../../kernel/pave-error.ts";
import { openOnnxRuntime } from "../runtime/onnx-runtime.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { answerShape } from "./answer-shape.ts";
import { readExample } from "./example.ts";
import { modelAnswers } from "./model-answers.ts";
import { ModelProblem } from "./model-problem.ts";
import { type Outputs, type PredictionDecoder, predictionDecoder } from "./prediction-decoder.ts";
import { type PredictionReader, predictionReader } from "./prediction-reader.ts";
import { type MlModel, readMlModel } from "./read-mlmodel.ts";
import type { RowBuffer } from "./row-buffer.ts";
import { RowEncoder } from "./row-encoder.ts";
import { type OutputPlan, planInputs, planOutputs, type TensorPlan } from "./tensor-plan.ts";

/** A model folder, loaded and ready to run. The same code serves requests and checks models before they may. */
export interface OpenModel {
  /** In the signature's order. */
  readonly features: readonly ModelFeature[];
  readonly inputs: readonly TensorPlan[];
  readonly outputs: readonly OutputPlan[];
  readonly encoder: RowEncoder;
  readonly decode: PredictionDecoder;
  readonly answers: ModelAnswers;
  /** What of its answers is watched for drift; undefined when they are nothing that could be counted. */
  readonly prediction: PredictionReader | undefined;
  /** What runs it, in the words of the Open Inference Protocol. */
  readonly platform: "onnx_onnxv1" | "mlflow_pyfunc";
  /** A row that callers can start from. */
  readonly example: Readonly<Record<string, unknown>> | undefined;
  readonly runtime: Runtime;
  /** `deadline`: see Runtime; without one the rows are waited for however long they take. */
  run(buffer: RowBuffer, deadline?: number): Promise<Outputs>;
  release(): Promise<void>;
}

/** Throws ModelProblem when the folder is not a model that can be served. It runs in this process unless said otherwise. */
export async function openModel(folder: string, openRuntime: OpenRuntime = openOnnxRuntime): Promise<OpenModel> {
  const mlModel = readMlModel(await readMlModelFile(folder));
  return describeModel(folder, mlModel, await openRuntime(folder, must(mlModel.onnxFile, "the ONNX file")));
}

/** The same for a folder of any flavor, which runs where `runtime` says. */
export async function openModelOf(folder: string, runtime: Runtime): Promise<OpenModel> {
  return describeModel(folder, readMlModel(await readMlModelFile(folder), { anyFlavor: true }), runtime);
}

async function describeModel(folder: string, mlModel: MlModel, runtime: Runtime): Promise<OpenModel> {
  const inputs = planInputs(mlModel.features, runtime.inputs);
  const outputs = planOutputs(runtime.outputs);
  const shape = answerShape(mlModel, outputs);
  const served = new Map(inputs.flatMap((plan) => plan.features).map((feature) => [feature.name, feature]));
  return {
    features: mlModel.features.map((feature) => served.get(feature.name) ?? feature),
    inputs,
    outputs,
    encoder: new RowEncoder(inputs, mlModel.missingText),
    decode: predictionDecoder(shape),
    answers: modelAnswers(shape),
    prediction: predictionReader(shape),
    platform: mlModel.onnxFile !== undefined ? "onnx_onnxv1" : "mlflow_pyfunc",
    example: await readExample(folder, mlModel),
    runtime,
    run: async (buffer, deadline = Number.POSITIVE_INFINITY) =>
      checked(await runtime.run(buffer.feeds(), deadline), buffer.rows),
    release: () => runtime.release(),
  };
}

type OpenRuntime = (folder: string, onnxFile: string) => Promise<Runtime>;

async function readMlModelFile(folder: string): Promise<string> {
  try {
    return await readFile(join(folder, "MLmodel"), "utf8");
  } catch (error) {
    throw new ModelProblem("the folder has no file MLmodel; a model is a folder as mlflow.onnx.save_model writes it", {
      cause: error,
    });
  }
}

function checked(outputs: Outputs, rows: number): Outputs {
  for (const name in outputs) {
    const found = outputs[name]?.dims[0];
    if (found !== rows)
      throw new ModelProblem(`the model's output "${name}" has ${found} rows for ${rows} rows of input`);
  }
  return outputs;
}
