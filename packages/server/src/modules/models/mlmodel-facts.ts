import { z } from "zod";
import { parseYaml } from "../../kernel/parse-yaml.ts";
import type { ModelSignature } from "./model-version.ts";

/** What people and gates want to know from an `MLmodel` file; serving reads it by itself and more strictly. */
export interface MlModelFacts {
  readonly signature: ModelSignature | null;
  /** File of the input example, as it is in the folder. */
  readonly exampleFile: string | null;
  readonly flavors: readonly string[];
}

const columnsSchema = z.array(
  z.object({
    name: z.string().optional(),
    type: z.string(),
    required: z.boolean().optional(),
    "tensor-spec": z.object({ dtype: z.string() }).optional(),
  }),
);
const mlModelSchema = z.object({
  flavors: z.record(z.string(), z.unknown()),
  signature: z.object({ inputs: z.string().nullish(), outputs: z.string().nullish() }).nullish(),
  saved_input_example_info: z.object({ artifact_path: z.string() }).nullish(),
});

/** Undefined where the text is no MLmodel file. A signature that cannot be read counts as none. */
export function readMlModelFacts(text: string): MlModelFacts | undefined {
  const parsed = mlModelSchema.safeParse(yamlOf(text));
  if (!parsed.success) return undefined;
  const { flavors, signature, saved_input_example_info: example } = parsed.data;
  const inputs = columnsOf(signature?.inputs, "input");
  return {
    signature: inputs.length === 0 ? null : { inputs, outputs: columnsOf(signature?.outputs, "output") },
    exampleFile: example?.artifact_path ?? null,
    flavors: Object.keys(flavors),
  };
}

/** The columns of one side of a signature; none where there are none, or they cannot be read. */
function columnsOf(json: string | null | undefined, side: "input" | "output"): ModelSignature["inputs"] {
  try {
    return columnsSchema.parse(JSON.parse(json ?? "[]")).map((column, index) => ({
      name: column.name ?? `${side} ${index + 1}`,
      type: column["tensor-spec"]?.dtype ?? column.type,
      required: column.required ?? true,
    }));
  } catch {
    return [];
  }
}

/** The output columns of an MLmodel file; none where it declares none, or cannot be read. */
export function outputSignature(mlModelText: string): ModelSignature["outputs"] {
  const parsed = z.object({ signature: z.object({ outputs: z.string() }) }).safeParse(yamlOf(mlModelText));
  return parsed.success ? columnsOf(parsed.data.signature.outputs, "output") : [];
}

function yamlOf(text: string): unknown {
  try {
    return parseYaml(text);
  } catch {
    return undefined;
  }
}

const exampleSchema = z.union([
  z.object({ columns: z.array(z.string()), data: z.array(z.array(z.unknown())).min(1) }),
  z.array(z.record(z.string(), z.unknown())).min(1),
  z.record(z.string(), z.unknown()),
]);

/** The first row of an example by column: of a data frame in MLflow's `split` form, of records, or one record itself. */
export function exampleRow(json: string): Readonly<Record<string, unknown>> | null {
  try {
    const example = exampleSchema.parse(JSON.parse(json));
    if (Array.isArray(example)) return example[0] ?? null;
    const { columns, data } = example as { columns?: unknown; data?: unknown };
    if (!Array.isArray(columns) || !Array.isArray(data)) return example as Record<string, unknown>;
    return Object.fromEntries(columns.map((column, index) => [String(column), (data[0] as unknown[])[index] ?? null]));
  } catch {
    return null;
  }
}
