/**
 * How the features of a signature become the tensors of an ONNX model. Three shapes of models are understood:
 *
 * - one ONNX input per feature, `[N,1]` or `[N]`, of the feature's name (what Pave's templates write)
 * - one numeric ONNX input `[N,K]` for K features, in the signature's order (what most exports of plain models write)
 * - a tensor signature: one ONNX input per named tensor, `[N,...]`
 */
import type { ModelFeature } from "@pave/contract";
import type { InferenceSession } from "onnxruntime-node";
import { ModelProblem } from "./model-problem.ts";

export type ElementType = keyof typeof v2Datatypes;
const v2Datatypes = {
  float32: "FP32",
  float64: "FP64",
  int8: "INT8",
  int16: "INT16",
  int32: "INT32",
  int64: "INT64",
  uint8: "UINT8",
  uint16: "UINT16",
  uint32: "UINT32",
  uint64: "UINT64",
  bool: "BOOL",
  string: "BYTES",
} as const;
type V2Datatype = (typeof v2Datatypes)[ElementType];

export interface TensorPlan {
  readonly name: string;
  readonly type: ElementType;
  readonly datatype: V2Datatype;
  /** Dimensions after the rows; empty when the ONNX input is `[N]`. */
  readonly rowShape: readonly number[];
  /** Elements per row. */
  readonly width: number;
  /** The features it is made of, in order. */
  readonly features: readonly ModelFeature[];
}

export interface OutputPlan {
  readonly name: string;
  readonly type: ElementType;
  readonly datatype: V2Datatype;
  readonly rowShape: readonly number[];
}

type Metadata = readonly InferenceSession.ValueMetadata[];

/** Throws ModelProblem where signature and ONNX model contradict each other. */
export function planInputs(features: readonly ModelFeature[], inputs: Metadata): readonly TensorPlan[] {
  const tensors = inputs.map((input) => describeTensor(input, "input"));
  const byName = new Map(features.map((feature) => [feature.name, feature]));
  const [only] = tensors;
  const stacked = tensors.length === 1 && only !== undefined && !byName.has(only.name);
  const plans = stacked ? [stack(only, features)] : tensors.map((tensor) => pair(tensor, byName.get(tensor.name)));

  const used = new Set(plans.flatMap((plan) => plan.features.map(({ name }) => name)));
  const unused = features.find(({ name }) => !used.has(name));
  if (unused) {
    throw new ModelProblem(
      `the signature names the input "${unused.name}", which the ONNX model does not have (it has: ${tensors.map(({ name }) => name).join(", ")})`,
    );
  }
  return plans;
}

export const planOutputs = (outputs: Metadata): readonly OutputPlan[] =>
  outputs.map((output) => describeTensor(output, "output", true));

function describeTensor(
  metadata: InferenceSession.ValueMetadata,
  role: "input" | "output",
  anyShape = false,
): OutputPlan {
  if (!metadata.isTensor) {
    throw new ModelProblem(
      `the ONNX ${role} "${metadata.name}" is not a tensor (a ZipMap?); export with the option zipmap=False`,
    );
  }
  const { name, type, shape } = metadata;
  if (!(type in v2Datatypes))
    throw new ModelProblem(`the ONNX ${role} "${name}" has the type ${type}, which cannot be served`);
  if (!anyShape && typeof shape[0] === "number") {
    throw new ModelProblem(
      `the ONNX ${role} "${name}" has the fixed shape [${shape}]; export with a variable first dimension, the rows`,
    );
  }
  const rowShape = shape.slice(1).map((size) => (typeof size === "number" ? size : -1));
  return { name, type: type as ElementType, datatype: v2Datatypes[type as ElementType], rowShape };
}

function stack(tensor: OutputPlan, features: readonly ModelFeature[]): TensorPlan {
  const [feature] = features;
  const isOneTensor = features.length === 1 && feature !== undefined && feature.shape.length > 0;
  const width = product(tensor.rowShape);
  const expected = isOneTensor ? product(feature.shape) : features.length;
  if (width !== -1 && width !== expected) {
    throw new ModelProblem(
      `the ONNX input "${tensor.name}" takes ${width} values a row, the signature has ${expected}`,
    );
  }
  for (const each of features) checkType(tensor, each);
  return {
    ...tensor,
    rowShape: isOneTensor ? feature.shape : [expected],
    width: expected,
    features: features.map((each) => asServed(each, tensor.type)),
  };
}

function pair(tensor: OutputPlan, feature: ModelFeature | undefined): TensorPlan {
  if (!feature)
    throw new ModelProblem(`the ONNX model has the input "${tensor.name}", which the signature does not name`);
  checkType(tensor, feature);
  const width = product(feature.shape);
  const rowShape = tensor.rowShape.map((size, index) => (size === -1 ? (feature.shape[index] ?? 1) : size));
  if (product(rowShape) !== width) {
    throw new ModelProblem(
      `the ONNX input "${tensor.name}" takes [${rowShape}] a row, the signature has [${feature.shape}]`,
    );
  }
  return { ...tensor, rowShape, width, features: [asServed(feature, tensor.type)] };
}

/** Which element types a feature's values can be written to without loss of meaning. */
function checkType(tensor: OutputPlan, feature: ModelFeature): void {
  const fits =
    feature.type === "string" || feature.type === "datetime"
      ? tensor.type === "string"
      : feature.type === "boolean"
        ? tensor.type !== "string"
        : feature.type === "float" || feature.type === "double"
          ? tensor.type === "float32" || tensor.type === "float64"
          : tensor.type !== "string" && tensor.type !== "bool";
  if (!fits) {
    throw new ModelProblem(
      `the signature gives "${feature.name}" the type ${feature.type}, the ONNX input "${tensor.name}" takes ${tensor.type}`,
    );
  }
}

/** -1 when a dimension is variable. */
const product = (sizes: readonly number[]) =>
  sizes.includes(-1) ? -1 : sizes.reduce((total, size) => total * size, 1);

/** Whole numbers and booleans have no value for "missing", so a feature written to such a tensor has to be there. */
function asServed(feature: ModelFeature, type: ElementType): ModelFeature {
  const canBeMissing = type === "float32" || type === "float64" || type === "string";
  return feature.required || canBeMissing ? feature : { ...feature, required: true };
}
