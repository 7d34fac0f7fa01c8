import type { AnswerShape, ClassShape } from "./answer-shape.ts";
import type { ClassValue } from "./read-mlmodel.ts";
import type { OutputPlan } from "./tensor-plan.ts";

/** The tensors of one run, by output name. */
export type Outputs = Readonly<Record<string, { readonly data: ArrayLike<unknown>; readonly dims: readonly number[] }>>;

/**
 * One row's answer in the friendly protocol.
 * - classification: `label`, `probability` (of the positive class where the model names one, of the label otherwise)
 *   and `probabilities` by class
 * - one number a row: `value`
 * - anything else: `outputs` by ONNX output name
 */
export type Prediction =
  | {
      readonly label: ClassValue;
      readonly probability?: number;
      readonly probabilities?: Readonly<Record<string, number>>;
    }
  | { readonly value: number }
  | { readonly outputs: Readonly<Record<string, unknown>> };

/**
 * Turns row `row` into the JSON text of a Prediction; undefined when the model gave a number that is not finite. Text,
 * because making an object for every row only to serialise it took a tenth of a worker's own time.
 */
export type PredictionDecoder = (outputs: Outputs, row: number) => string | undefined;

export function predictionDecoder(shape: AnswerShape): PredictionDecoder {
  if (shape.kind === "class") return classifier(shape);
  return shape.kind === "number" ? regressor(shape.output.name) : everything(shape.outputs);
}

function classifier(shape: ClassShape): PredictionDecoder {
  const { label, probabilities, classes, positive, positiveIsNamed } = shape;
  const namedIndex = positiveIsNamed && positive !== undefined ? positive : -1;
  const labelOf = labelReader(shape);
  const keys = classes?.map((value) => `${JSON.stringify(String(value))}:`);

  return (outputs, row) => {
    const found = labelOf(outputs[label.name]?.data[row]);
    const tensor = probabilities && outputs[probabilities.name];
    if (!tensor) return `{"label":${JSON.stringify(found)}}`;

    const width = tensor.dims[1] ?? 0;
    let all = "";
    let named: number | undefined;
    let largest = Number.NEGATIVE_INFINITY;
    for (let index = 0; index < width; index += 1) {
      const value = rounded(tensor.data[row * width + index] as number);
      if (!Number.isFinite(value)) return undefined;
      all += `${index === 0 ? "" : ","}${keys?.[index] ?? `"${index}":`}${value}`;
      if (namedIndex >= 0 ? index === namedIndex : (classes?.[index] ?? index) === found) named = value;
      if (value > largest) largest = value;
    }
    return `{"label":${JSON.stringify(found)},"probability":${named ?? largest},"probabilities":{${all}}}`;
  };
}

/** ONNX knows only texts, whole numbers and bits as labels: what the metadata calls the class is what callers get. */
export function labelReader({ label, classes }: Pick<ClassShape, "label" | "classes">): (raw: unknown) => ClassValue {
  if (label.type === "bool") {
    const [no, yes] = [bitLabel(classes, 0), bitLabel(classes, 1)];
    return (raw) => (raw === 1 ? yes : no);
  }
  const known = new Set(classes);
  const byText = new Map(classes?.map((value) => [String(value), value]));
  return (raw) => {
    const value = typeof raw === "bigint" ? Number(raw) : (raw as ClassValue);
    if (!classes || known.has(value)) return value;
    if (typeof value === "string") return byText.get(value) ?? value;
    return classes[Number(value)] ?? value;
  };
}

/** The class of that value, wherever it stands; else the one at that place. */
const bitLabel = (classes: readonly ClassValue[] | undefined, bit: 0 | 1): ClassValue =>
  classes?.find((value) => value === bit || value === (bit === 1)) ?? classes?.[bit] ?? bit === 1;

function regressor(name: string): PredictionDecoder {
  return (outputs, row) => {
    const value = outputs[name]?.data[row] as number;
    return Number.isFinite(value) ? `{"value":${value}}` : undefined;
  };
}

/** Every output of a row, by its name. */
function everything(plans: readonly OutputPlan[]): PredictionDecoder {
  return (outputs, row) => {
    const values: Record<string, unknown> = {};
    for (const { name, type } of plans) {
      const tensor = outputs[name];
      if (!tensor) continue;
      const width = tensor.dims.slice(1).reduce((total, size) => total * size, 1);
      const elements = Array.from({ length: width }, (_, index) => {
        const element = tensor.data[row * width + index];
        return type === "bool" ? element === 1 : jsonElement(element);
      });
      if (elements.some((element) => typeof element === "number" && !Number.isFinite(element))) return undefined;
      values[name] = tensor.dims.length === 1 ? elements[0] : elements;
    }
    return JSON.stringify({ outputs: values });
  };
}

/** Whole numbers that a double cannot hold become texts. */
function jsonElement(value: unknown): unknown {
  if (typeof value !== "bigint") return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

/** float32 has about seven digits; the rest is noise of the conversion to double. */
const rounded = (value: number) =>
  Math.abs(value) >= 0.001 ? Math.round(value * 1e8) / 1e8 : Number(value.toPrecision(7));
