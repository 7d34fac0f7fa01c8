import type { ModelAnswers } from "@pave/contract";
import type { Prediction } from "./prediction-decoder.ts";
import type { ClassValue, MlModel } from "./read-mlmodel.ts";
import type { OutputPlan } from "./tensor-plan.ts";

/** Pairs of classes of which the second is what one asks about, where the model does not say. */
const wellKnown: readonly (readonly [negative: string, positive: string])[] = [
  ["false", "true"],
  ["0", "1"],
  ["no", "yes"],
];

/** What the model's answers are: the same choice that `predictionDecoder` makes. */
export function modelAnswers(
  mlModel: Pick<MlModel, "task" | "classes" | "positive">,
  outputs: readonly OutputPlan[],
): ModelAnswers {
  const widths = outputs.map(({ rowShape }) => rowShape.reduce((total, size) => total * size, 1));
  const isFloat = outputs.map(({ type }) => type === "float32" || type === "float64");
  const hasLabel = mlModel.task !== "regression" && outputs.some((_, index) => !isFloat[index] && widths[index] === 1);
  if (!hasLabel) return outputs.length === 1 && isFloat[0] && widths[0] === 1 ? { kind: "number" } : { kind: "other" };
  const hasProbabilities = outputs.some(
    ({ rowShape }, index) => isFloat[index] && rowShape.length === 1 && rowShape[0] !== 1,
  );
  const classes = mlModel.classes?.map(String);
  if (classes?.length !== 2 || !hasProbabilities) return { kind: "label", classes: classes ?? null };
  const known = wellKnown.find((pair) => pair.every((name) => classes.includes(name)));
  const positive = mlModel.positive === undefined ? known?.[1] : String(mlModel.positive);
  const negative = classes.find((name) => name !== positive);
  if (positive === undefined || negative === undefined) return { kind: "label", classes };
  return { kind: "binary", positive, negative };
}

/** What is kept of one row's answer; numbers that cannot be had are null. */
export function scoreOf(
  answers: ModelAnswers,
  prediction: Prediction,
): { readonly score: number | null; readonly label: string | null } {
  if ("value" in prediction) return { score: prediction.value, label: null };
  if ("outputs" in prediction) return { score: null, label: null };
  const label = textOf(prediction.label);
  if (answers.kind !== "binary") return { score: prediction.probability ?? null, label };
  return { score: prediction.probabilities?.[answers.positive] ?? null, label };
}

const textOf = (value: ClassValue): string => String(value);
