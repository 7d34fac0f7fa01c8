import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { ModelProblem } from "./model-problem.ts";
import type { OpenModel } from "./open-model.ts";
import type { Prediction } from "./prediction-decoder.ts";
import { RowBuffer } from "./row-buffer.ts";

/** Rows that were scored when the model was made, with what came out. */
export interface Reference {
  readonly inputs: readonly Readonly<Record<string, unknown>>[];
  readonly outputs: readonly Readonly<Record<string, unknown>>[];
}

const rowsSchema = z.array(z.record(z.string(), z.unknown()));
const referenceSchema = z
  .object({ inputs: rowsSchema.min(1), outputs: rowsSchema })
  .refine(({ inputs, outputs }) => inputs.length === outputs.length, "inputs and outputs differ in length");

/** Undefined when the model has none. Throws ModelProblem when it cannot be read. */
export async function readReference(folder: string): Promise<Reference | undefined> {
  const text = await readFile(join(folder, "reference.json"), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return referenceSchema.parse(JSON.parse(text));
  } catch (error) {
    const reason = error instanceof z.ZodError ? error.issues[0]?.message : "it is not JSON";
    throw new ModelProblem(`reference.json cannot be read: ${reason}; expected {"inputs": [rows], "outputs": [rows]}`, {
      cause: error,
    });
  }
}

/** Scores rows as requests are scored. Throws ModelProblem for a row that does not fit the signature. */
export async function scoreRows(model: OpenModel, rows: Reference["inputs"]): Promise<readonly Prediction[]> {
  const buffer = new RowBuffer(model.inputs, rows.length);
  for (const [index, row] of rows.entries()) {
    const finding = model.encoder.writeRow(buffer, row, true);
    if (finding) {
      throw new ModelProblem(
        `reference row ${index + 1} does not fit the signature: "${finding.feature}" expected ${finding.expected}, found ${finding.found}`,
      );
    }
  }
  const outputs = await model.run(buffer);
  return rows.map((_, index) => {
    const prediction = model.decode(outputs, index);
    if (!prediction) throw new ModelProblem(`reference row ${index + 1} gives a number that is not finite`);
    return JSON.parse(prediction) as Prediction;
  });
}

/** Runs a model before its first caller does, who must not pay for lazy initialisation. Throws ModelProblem. */
export async function warm(model: OpenModel, folder: string): Promise<void> {
  const rows = (await readReference(folder))?.inputs ?? (model.example ? [model.example] : []);
  if (rows.length === 0) return;
  await scoreRows(model, rows);
  await scoreRows(model, rows.slice(0, 1));
}

/** Largest difference of what was recorded to what came out; throws ModelProblem above the tolerance. */
export function compareWithReference(
  predictions: readonly Prediction[],
  expected: Reference["outputs"],
  tolerance = 1e-4,
): number {
  let largest = 0;
  for (const [index, outputs] of expected.entries()) {
    const found = predictions[index] as Readonly<Record<string, unknown>> | undefined;
    for (const name of ["probability", "value"] as const) {
      const recorded = outputs[name];
      if (typeof recorded !== "number") continue;
      const scored = found?.[name];
      if (typeof scored !== "number")
        throw new ModelProblem(`reference row ${index + 1} records a ${name}, which the model does not give`);
      const difference = Math.abs(scored - recorded) / (name === "value" ? Math.max(1, Math.abs(recorded)) : 1);
      largest = Math.max(largest, difference);
      if (!(difference <= tolerance)) {
        throw new ModelProblem(
          `reference row ${index + 1}: expected ${name} ${recorded} as recorded in training, found ${scored} in serving (allowed difference ${tolerance}); both must take the row alike: types as the signature has them, a missing text as metadata.pave.missing says`,
        );
      }
    }
  }
  return largest;
}
