import type { AnswerShape } from "./answer-shape.ts";
import { labelReader, type Outputs } from "./prediction-decoder.ts";

/**
 * The one value of an answer that is watched for drift:
 * - `probability`: of the positive class; of the second one where a model with two classes has none
 * - `label`: of a classifier with more classes, or without probabilities
 * - `number`: of a model with one number a row
 */
export interface PredictionReader {
  readonly kind: "probability" | "label" | "number";
  read(outputs: Outputs, row: number): unknown;
}

/** Undefined for models whose answers are anything else. */
export function predictionReader(shape: AnswerShape): PredictionReader | undefined {
  if (shape.kind === "outputs") return undefined;
  if (shape.kind === "number") {
    const { name } = shape.output;
    return { kind: "number", read: (outputs, row) => outputs[name]?.data[row] };
  }
  const { label, probabilities, classes } = shape;
  const isOfTwo = (classes?.length ?? probabilities?.rowShape[0]) === 2;
  const watched = shape.positive ?? (isOfTwo ? 1 : undefined);
  if (probabilities && watched !== undefined) return probabilityReader(probabilities.name, watched);
  const labelOf = labelReader(shape);
  return { kind: "label", read: (outputs, row) => labelOf(outputs[label.name]?.data[row]) };
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
