import { ModelProblem } from "./model-problem.ts";
import type { ClassValue, MlModel } from "./read-mlmodel.ts";
import type { OutputPlan } from "./tensor-plan.ts";

/**
 * What a model's answers are. Decided once, here: what callers read (prediction-decoder.ts), what ground truth is
 * measured against (model-answers.ts) and what is watched for drift (prediction-reader.ts) all follow it.
 */
export type AnswerShape =
  | ClassShape
  /** One number a row and nothing else. */
  | { readonly kind: "number"; readonly output: OutputPlan }
  /** Outputs of any kind, each told by its name. */
  | { readonly kind: "outputs"; readonly outputs: readonly OutputPlan[] };

export interface ClassShape {
  readonly kind: "class";
  readonly label: OutputPlan;
  /** A probability of each class, in the classes' order. */
  readonly probabilities: OutputPlan | undefined;
  readonly classes: readonly ClassValue[] | undefined;
  /** Place, among the classes, of the one that is asked about: not always the second, as in `[1, 0]`. */
  readonly positive: number | undefined;
  /** The model itself says which is positive; otherwise it is one of a well-known pair. */
  readonly positiveIsNamed: boolean;
}

/** What decides; a model without ONNX file is one of Python. */
export type AnswerFacts = Pick<MlModel, "onnxFile" | "task" | "classes" | "positive">;

/** Throws ModelProblem where metadata and outputs contradict each other. */
export function answerShape(facts: AnswerFacts, outputs: readonly OutputPlan[]): AnswerShape {
  // names mean something where Python gave them: several are told as they are
  if (facts.onnxFile === undefined && outputs.length > 1) return { kind: "outputs", outputs };
  const label = outputs.find((output) => !isFloat(output) && elementsPerRow(output) === 1);
  if (label && facts.task !== "regression") return classShape(facts, label, outputs);
  if (facts.task === "classification") {
    throw new ModelProblem(
      `the model says it classifies, but has no output of labels (it has: ${outputs.map(({ name }) => name).join(", ")})`,
    );
  }
  const [output] = outputs;
  const isNumber = output && outputs.length === 1 && isFloat(output) && elementsPerRow(output) === 1;
  return isNumber ? { kind: "number", output } : { kind: "outputs", outputs };
}

function classShape({ classes, positive }: AnswerFacts, label: OutputPlan, outputs: readonly OutputPlan[]): ClassShape {
  const probabilities = outputs.find(
    (output) => isFloat(output) && output.rowShape.length === 1 && output.rowShape[0] !== 1,
  );
  const count = probabilities?.rowShape[0];
  if (classes && count !== undefined && count !== -1 && count !== classes.length)
    throw new ModelProblem(`the model names ${classes.length} classes and gives ${count} probabilities`);
  if (classes && positive !== undefined && !classes.includes(positive)) {
    throw new ModelProblem(
      `the model's positive class ${JSON.stringify(positive)} is not one of its classes ${JSON.stringify(classes)}`,
    );
  }
  const asked = classes && (positive === undefined ? wellKnownPositive(classes) : classes.indexOf(positive));
  return {
    kind: "class",
    label,
    probabilities,
    classes,
    positive: asked,
    positiveIsNamed: asked !== undefined && positive !== undefined,
  };
}

/** Pairs of classes of which the second is what one asks about, where the model does not say. */
const wellKnown: readonly (readonly [negative: string, positive: string])[] = [
  ["false", "true"],
  ["0", "1"],
  ["no", "yes"],
];

function wellKnownPositive(classes: readonly ClassValue[]): number | undefined {
  const names = classes.map(String);
  const pair = names.length === 2 ? wellKnown.find((each) => each.every((name) => names.includes(name))) : undefined;
  return pair && names.indexOf(pair[1]);
}

const isFloat = ({ type }: OutputPlan) => type === "float32" || type === "float64";
const elementsPerRow = ({ rowShape }: OutputPlan) => rowShape.reduce((total, size) => total * size, 1);
