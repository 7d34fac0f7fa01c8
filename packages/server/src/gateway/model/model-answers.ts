import type { ModelAnswers } from "@pave/contract";
import type { AnswerShape } from "./answer-shape.ts";
import type { Prediction } from "./prediction-decoder.ts";
import type { ClassValue } from "./read-mlmodel.ts";

/** What ground truth about a model's answers must be. */
export function modelAnswers(shape: AnswerShape): ModelAnswers {
  if (shape.kind === "number") return { kind: "number" };
  if (shape.kind === "outputs") return { kind: "other" };
  const classes = shape.classes?.map(textOf);
  const positive = shape.positive === undefined ? undefined : classes?.[shape.positive];
  const negative = classes?.find((_, index) => index !== shape.positive);
  const isBinary = classes?.length === 2 && shape.probabilities !== undefined;
  if (!isBinary || positive === undefined || negative === undefined) return { kind: "label", classes: classes ?? null };
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
