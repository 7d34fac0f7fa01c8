import { classifierOutputs, isOneNumber, labelReader, type Outputs } from "./prediction-decoder.ts";
import type { MlModel } from "./read-mlmodel.ts";
import type { OutputPlan } from "./tensor-plan.ts";

/**
 * The one value of an answer that is watched for drift:
 * - `probability`: of the positive class; of the second one where a model with two classes names none
 * - `label`: of a classifier with more classes, or without probabilities
 * - `number`: of a model with one number a row
 */
export interface PredictionReader {
  readonly kind: "probability" | "label" | "number";
  read(outputs: Outputs, row: number): unknown;
}

/** Undefined for models whose answers are anything else. */
export function predictionReader(
  { task, classes, positive }: Pick<MlModel, "task" | "classes" | "positive">,
  outputs: readonly OutputPlan[],
): PredictionReader | undefined {
  const { label, probabilities } = classifierOutputs(outputs);
  if (label && task !== "regression") {
    const width = classes?.length ?? probabilities?.rowShape[0];
    const index = positive !== undefined && classes ? classes.indexOf(positive) : width === 2 ? 1 : -1;
    if (probabilities && index >= 0) return probabilityReader(probabilities.name, index);
    const labelOf = labelReader(classes);
    return { kind: "label", read: (tensors, row) => labelOf(tensors[label.name]?.data[row]) };
  }
  const [only] = outputs;
  if (!only || !isOneNumber(outputs)) return undefined;
  return { kind: "number", read: (tensors, row) => tensors[only.name]?.data[row] };
}

function probabilityReader(name: string, index: number): PredictionReader {
  return {
    kind: "probability",
    read(outputs, row) {
      const tensor = outputs[name];
      return tensor?.data[row * (tensor.dims[1] ?? 0) + index];
    },
  };
}
