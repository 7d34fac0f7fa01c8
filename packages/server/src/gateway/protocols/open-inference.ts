/**
 * The Open Inference Protocol v2, JSON bodies. Stricter than the text where it leaves room: datatypes must be those of
 * the model's metadata, all tensors must have the same number of rows, and numbers must be finite (null stands for a
 * missing value where the signature allows one). Binary tensors are refused with the reason.
 */
import type { GatewayLimits } from "@pave/contract";
import { z } from "zod";
import { PaveError } from "../../kernel/pave-error.ts";
import { describeIssue } from "../../kernel/spec/index.ts";
import type { Outputs } from "../model/prediction-decoder.ts";
import { describeValue } from "../model/row-encoder.ts";
import type { OutputPlan, TensorPlan } from "../model/tensor-plan.ts";
import { parseJson } from "../parse-json.ts";

import { checkRowCount, notFinite, type Protocol } from "./protocol.ts";

export const openInference: Protocol = {
  read(text, release, limits, isExact) {
    const request = parseRequest(parseJson(text, isExact));
    const { inputs, encoder } = release.model;
    const tensors = matchTensors(request.inputs, inputs);
    const rows = countRows(tensors, inputs, limits);
    const outputs = chooseOutputs(request.outputs, release.model.outputs);
    const row = rowReader(tensors, inputs);
    return {
      rows,
      row,
      write(buffer) {
        for (const [index, plan] of inputs.entries()) {
          const tensor = tensors[index];
          if (tensor === undefined) {
            if (!encoder.writeMissingTensor(buffer, index, rows)) throw missingInput(plan, inputs);
            continue;
          }
          const finding = encoder.writeTensor(buffer, index, flatten(tensor), isExact);
          if (finding)
            throw invalid(
              `input "${plan.name}", data[${finding.at}]: expected ${finding.expected}, found ${finding.found}`,
              finding.fix,
            );
        }
        buffer.rows += rows;
      },
      render(results, from, predictionId) {
        return JSON.stringify({
          model_name: release.modelName,
          model_version: release.modelVersion,
          id: request.id ?? predictionId,
          outputs: outputs.map((output) => renderOutput(output, results, from, rows)),
        });
      },
      featuresOf: (row) => Object.fromEntries(inputs.flatMap((plan, at) => rowOf(plan, tensors[at], row))),
    };
  },

  renderError: ({ message, fix }) => JSON.stringify({ error: fix ? `${message}; ${fix}` : message }),
};

const parametersSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.bigint()]));
const tensorSchema = z.object({
  name: z.string(),
  shape: z.array(z.number().int().nonnegative()).min(1),
  datatype: z.string(),
  parameters: parametersSchema.optional(),
  data: z.array(z.unknown()).optional(),
});
type TensorBody = z.infer<typeof tensorSchema>;
const requestSchema = z.object({
  id: z.string().optional(),
  parameters: parametersSchema.optional(),
  inputs: z.array(tensorSchema).min(1),
  outputs: z.array(z.object({ name: z.string(), parameters: parametersSchema.optional() })).optional(),
});
type RequestBody = z.infer<typeof requestSchema>;

function parseRequest(body: unknown): RequestBody {
  const parsed = requestSchema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue?.path.join(".") || "body";
  throw invalid(
    `${place}: ${issue ? describeIssue(requestSchema, body, issue) : "not an inference request"}`,
    'send {"inputs": [{"name", "shape", "datatype", "data"}, …]}',
  );
}

/** By model input; undefined where none was sent. */
function matchTensors(
  tensors: readonly TensorBody[],
  plans: readonly TensorPlan[],
): readonly (TensorBody | undefined)[] {
  const byName = new Map<string, TensorBody>();
  for (const tensor of tensors) {
    if (byName.has(tensor.name)) throw invalid(`input "${tensor.name}" is there twice`, "send each input once");
    if (!plans.some(({ name }) => name === tensor.name)) {
      throw invalid(
        `input "${tensor.name}": expected only inputs of this model (${namesOf(plans)})`,
        `leave "${tensor.name}" out`,
      );
    }
    byName.set(tensor.name, tensor);
  }
  return plans.map(({ name }) => byName.get(name));
}

function countRows(
  tensors: readonly (TensorBody | undefined)[],
  plans: readonly TensorPlan[],
  limits: GatewayLimits,
): number {
  let rows: number | undefined;
  for (const [index, plan] of plans.entries()) {
    const tensor = tensors[index];
    if (!tensor) continue;
    checkTensor(tensor, plan);
    const found = tensor.shape[0] ?? 0;
    if (rows !== undefined && found !== rows) {
      throw invalid(
        `input "${plan.name}": expected ${rows} rows as in the inputs before, found ${found}`,
        "send the same number of rows in every input",
      );
    }
    rows = found;
  }
  checkRowCount(rows ?? 0, limits, "inputs");
  return rows ?? 0;
}

function checkTensor({ datatype, shape, parameters, data }: TensorBody, plan: TensorPlan): void {
  const place = `input "${plan.name}"`;
  if (parameters && "binary_data_size" in parameters) throw binaryRefusal(place);
  if (parameters && Object.keys(parameters).some((name) => name.startsWith("shared_memory")))
    throw invalid(`${place}: shared memory is not supported`, "send data as JSON");
  if (datatype !== plan.datatype)
    throw invalid(`${place}: expected datatype ${plan.datatype}, found ${datatype}`, `send it as ${plan.datatype}`);
  const rowShape = shape.slice(1);
  const isColumn = plan.width === 1 && rowShape.every((size) => size === 1) && rowShape.length <= 1;
  if (!isColumn && rowShape.join() !== plan.rowShape.join()) {
    throw invalid(
      `${place}: expected shape [${["rows", ...plan.rowShape].join(", ")}], found [${shape.join(", ")}]`,
      "send that shape",
    );
  }
  if (!data) throw invalid(`${place}: expected data, found none`, 'send "data" as a list');
}

/** `data` may be flat or nested as `shape` says; nothing else. */
function flatten({ name, shape, data = [] }: TensorBody): readonly unknown[] {
  const expected = shape.reduce((total, size) => total * size, 1);
  const isNested = shape.length > 1 && Array.isArray(data[0]);
  const flat = isNested ? flattenNested(name, data, shape) : data;
  if (flat.length !== expected) {
    throw invalid(
      `input "${name}": expected ${expected} values for shape [${shape.join(", ")}], found ${flat.length}`,
      "make data and shape agree",
    );
  }
  return flat;
}

/** One row of a tensor, as the features it is made of. */
function rowOf(plan: TensorPlan, tensor: TensorBody | undefined, row: number): [name: string, value: unknown][] {
  if (!tensor) return [];
  const values = flatten(tensor).slice(row * plan.width, (row + 1) * plan.width);
  let at = 0;
  return plan.features.map(({ name, shape }) => {
    const width = shape.reduce((total, size) => total * size, 1);
    const own = values.slice(at, at + width);
    at += width;
    return [name, shape.length === 0 ? own[0] : own];
  });
}

function flattenNested(name: string, data: readonly unknown[], shape: readonly number[]): readonly unknown[] {
  let level = data;
  for (const [depth, size] of shape.entries()) {
    if (depth === 0) continue;
    const next: unknown[] = [];
    for (const part of level) {
      if (!Array.isArray(part) || part.length !== size) {
        const found = Array.isArray(part) ? `a list of ${part.length}` : describeValue(part);
        throw invalid(
          `input "${name}": expected lists of ${size} at depth ${depth + 1} of data, found ${found}`,
          "nest data as shape says, or send it flat",
        );
      }
      for (const value of part) next.push(value);
    }
    level = next;
  }
  return level;
}

/** Features of a list have no place here: nothing is counted of them. */
function rowReader(tensors: readonly (TensorBody | undefined)[], plans: readonly TensorPlan[]) {
  let columns: { name: string; data: readonly unknown[]; width: number; offset: number }[] | undefined;
  const findColumns = () =>
    plans.flatMap((plan, index) => {
      const tensor = tensors[index];
      if (!tensor || plan.features.some(({ shape }) => shape.length > 0)) return [];
      const data = flatten(tensor);
      return plan.features.map(({ name }, offset) => ({ name, data, width: plan.width, offset }));
    });
  return (row: number): Record<string, unknown> => {
    columns ??= findColumns();
    const values: Record<string, unknown> = {};
    for (const { name, data, width, offset } of columns) values[name] = data[row * width + offset];
    return values;
  };
}

function chooseOutputs(requested: RequestBody["outputs"], outputs: readonly OutputPlan[]): readonly OutputPlan[] {
  if (!requested || requested.length === 0) return outputs;
  return requested.map(({ name, parameters }) => {
    const output = outputs.find((each) => each.name === name);
    if (!output)
      throw invalid(
        `output "${name}": expected outputs of this model (${namesOf(outputs)})`,
        "ask for one of them, or leave outputs out to get all",
      );
    if (parameters && "classification" in parameters)
      throw invalid(
        `output "${name}": the classification parameter is not supported`,
        "leave it out and read the tensor",
      );
    return output;
  });
}

function renderOutput({ name, datatype }: OutputPlan, results: Outputs, from: number, rows: number) {
  const tensor = results[name];
  if (!tensor) throw new PaveError("server.internal", `the model did not give its output "${name}"`);
  const rowShape = tensor.dims.slice(1);
  const width = rowShape.reduce((total, size) => total * size, 1);
  const data = new Array<unknown>(rows * width);
  for (let index = 0; index < data.length; index += 1) {
    const value = tensor.data[from * width + index];
    if (typeof value === "number" && !Number.isFinite(value)) throw notFinite(Math.floor(index / width));
    data[index] = typeof value === "bigint" ? rawInteger(value) : datatype === "BOOL" ? Boolean(value) : value;
  }
  return { name, datatype, shape: [rows, ...rowShape], data };
}

/** JSON numbers have no limit: whole numbers that a double cannot hold are written digit by digit. */
function rawInteger(value: bigint): unknown {
  const number = Number(value);
  return Number.isSafeInteger(number)
    ? number
    : (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(String(value));
}

function missingInput(plan: TensorPlan, plans: readonly TensorPlan[]): PaveError {
  return invalid(
    `input "${plan.name}": expected a tensor ${plan.datatype} of shape [rows, ${plan.rowShape.join(", ")}], found nothing`,
    `send all of ${namesOf(plans)}`,
  );
}

export const binaryRefusal = (place: string) =>
  invalid(
    `${place}: binary tensors are not supported here`,
    "send data as JSON (tritonclient: set_data_from_numpy(array, binary_data=False))",
  );

const invalid = (message: string, fix: string) => new PaveError("prediction.invalid", message, { fix });
const namesOf = (plans: readonly { readonly name: string }[]) => plans.map(({ name }) => name).join(", ");
