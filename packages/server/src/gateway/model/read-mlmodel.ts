import { featureTypeSchema, type ModelFeature } from "@pave/contract/gateway";
import { z } from "zod";
import { parseYaml } from "../../kernel/parse-yaml.ts";
import { messageOf } from "../../kernel/pave-error.ts";
import { ModelProblem } from "./model-problem.ts";

/** What serving needs to know from an `MLmodel` file. */
export interface MlModel {
  /** Path of the ONNX file within the model folder; undefined where another runtime runs the model. */
  readonly onnxFile: string | undefined;
  readonly features: readonly ModelFeature[];
  /** The signature names tensors rather than columns. */
  readonly tensorSignature: boolean;
  readonly task: "classification" | "regression" | undefined;
  /** Class values in the order of the probabilities' columns. */
  readonly classes: readonly ClassValue[] | undefined;
  /** The class whose probability an answer names first. */
  readonly positive: ClassValue | undefined;
  /** What the model takes for a text that is missing, as it did in training. */
  readonly missingText: string;
  readonly exampleFile: string | undefined;
}
export type ClassValue = string | number | boolean;

/** Parses the text of an `MLmodel` file, which must have an ONNX flavor unless any will do. Throws ModelProblem. */
export function readMlModel(text: string, { anyFlavor }: { readonly anyFlavor?: boolean } = {}): MlModel {
  const parsed = mlModelSchema.safeParse(valuesOf(text));
  if (!parsed.success) throw new ModelProblem(`MLmodel is not valid: ${describe(parsed.error)}`);
  const { flavors, signature, metadata, saved_input_example_info: example } = parsed.data;

  if (!flavors.onnx && !anyFlavor) {
    const found = Object.keys(flavors).join(", ") || "none";
    throw new ModelProblem(
      `MLmodel has no onnx flavor (found: ${found}); export the model to ONNX, for example with skl2onnx`,
    );
  }
  if (!signature?.inputs) {
    throw new ModelProblem(
      "MLmodel has no signature with inputs; log the model with one, for example from mlflow.models.infer_signature",
    );
  }
  const { features, tensorSignature } = readFeatures(signature.inputs);
  const datetime = flavors.onnx && features.find(({ type }) => type === "datetime");
  if (datetime) {
    throw new ModelProblem(
      `MLmodel's signature gives ${quote(datetime.name)} the type "datetime", which no ONNX model takes; train it on numbers or texts made of it`,
    );
  }
  return {
    onnxFile: flavors.onnx && insideFolder(flavors.onnx.data),
    features,
    tensorSignature,
    task: metadata?.pave?.task,
    classes: metadata?.pave?.classes,
    positive: metadata?.pave?.positive,
    missingText: metadata?.pave?.missing ?? "",
    exampleFile: example?.artifact_path === undefined ? undefined : insideFolder(example.artifact_path),
  };
}

function valuesOf(text: string): unknown {
  try {
    return parseYaml(text);
  } catch (error) {
    throw new ModelProblem(`MLmodel is not valid YAML: ${messageOf(error)}`);
  }
}

const classValueSchema = z.union([z.string(), z.number(), z.boolean()]);
const mlModelSchema = z.looseObject({
  flavors: z.looseObject({ onnx: z.looseObject({ data: z.string() }).optional() }),
  signature: z.looseObject({ inputs: z.string().nullish() }).nullish(),
  metadata: z
    .looseObject({
      pave: z
        .looseObject({
          task: z.enum(["classification", "regression"]).optional(),
          classes: z.array(classValueSchema).optional(),
          positive: classValueSchema.optional(),
          missing: z.string().optional(),
        })
        .optional(),
    })
    .nullish(),
  saved_input_example_info: z.looseObject({ artifact_path: z.string() }).nullish(),
});

const columnSchema = z.looseObject({
  type: z.string(),
  name: z.string().optional(),
  required: z.boolean().default(true),
});
const tensorSchema = z.looseObject({
  type: z.literal("tensor"),
  name: z.string().optional(),
  "tensor-spec": z.object({ dtype: z.string(), shape: z.array(z.number().int()) }),
});

function readFeatures(inputs: string): { features: ModelFeature[]; tensorSignature: boolean } {
  const items = z
    .array(z.union([tensorSchema, columnSchema]))
    .min(1)
    .safeParse(jsonOf(inputs));
  if (!items.success)
    throw new ModelProblem(`MLmodel's signature has inputs that cannot be read: ${describe(items.error)}`);

  const features = items.data.map((item, index) =>
    "tensor-spec" in item ? tensorFeature(item as TensorItem, index) : columnFeature(item, index),
  );
  const seen = new Set<string>();
  for (const { name } of features) {
    if (seen.has(name)) throw new ModelProblem(`MLmodel's signature names the input ${quote(name)} twice`);
    seen.add(name);
  }
  return { features, tensorSignature: items.data.some((item) => "tensor-spec" in item) };
}
type TensorItem = z.infer<typeof tensorSchema>;

function columnFeature(item: z.infer<typeof columnSchema>, index: number): ModelFeature {
  const name = item.name ?? `input-${index}`;
  const type = featureTypeSchema.safeParse(item.type);
  if (!type.success) {
    throw new ModelProblem(
      `MLmodel's signature gives ${quote(name)} the type ${quote(item.type)}; expected one of ${featureTypeSchema.options.join(", ")}`,
    );
  }
  return { name, type: type.data, required: item.required, shape: [] };
}

const tensorTypes: Record<string, ModelFeature["type"]> = {
  float32: "float",
  float64: "double",
  int8: "integer",
  int16: "integer",
  int32: "integer",
  uint8: "integer",
  uint16: "integer",
  int64: "long",
  bool: "boolean",
  str: "string",
  object: "string",
};

function tensorFeature(item: TensorItem, index: number): ModelFeature {
  const name = item.name ?? `input-${index}`;
  const { dtype, shape } = item["tensor-spec"];
  const type = tensorTypes[dtype] ?? (dtype.startsWith("<U") ? "string" : undefined);
  if (!type)
    throw new ModelProblem(
      `MLmodel's signature gives ${quote(name)} the tensor type ${quote(dtype)}, which cannot be served`,
    );
  if (shape[0] !== -1)
    throw new ModelProblem(
      `MLmodel's signature gives ${quote(name)} the shape [${shape}]; the first dimension must be -1, the rows`,
    );
  const rowShape = shape.slice(1);
  if (rowShape.some((size) => size < 1))
    throw new ModelProblem(
      `MLmodel's signature gives ${quote(name)} the shape [${shape}]; only the first dimension may vary`,
    );
  return { name, type, required: true, shape: rowShape };
}

function insideFolder(path: string): string {
  if (path.startsWith("/") || path.split(/[\\/]/).includes(".."))
    throw new ModelProblem(`MLmodel names the file ${quote(path)}, which is outside the model's folder`);
  return path;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ModelProblem("MLmodel's signature has inputs that are not JSON");
  }
}

function describe(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue ? `${issue.path.join(".") || "top level"}: ${issue.message}` : "unknown problem";
}

const quote = (text: string) => `"${text}"`;
