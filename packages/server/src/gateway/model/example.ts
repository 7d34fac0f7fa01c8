import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { MlModel } from "./read-mlmodel.ts";
import { readReference } from "./reference.ts";

type Row = Readonly<Record<string, unknown>>;

/** A row to show to callers: from the model's input example, or else its first reference row. */
export async function readExample(folder: string, mlModel: Pick<MlModel, "exampleFile">): Promise<Row | undefined> {
  const file = mlModel.exampleFile ?? "input_example.json";
  const text = await readFile(join(folder, file), "utf8").catch(() => undefined);
  return (
    (text === undefined ? undefined : firstRow(text)) ?? (await readReference(folder).catch(() => undefined))?.inputs[0]
  );
}

/** Understands what MLflow writes: split and records orientations, with or without their wrapper, and a plain object. */
export function firstRow(text: string): Row | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (isRow(value)) value = value.dataframe_split ?? value.dataframe_records ?? value.inputs ?? value;
  if (Array.isArray(value)) return isRow(value[0]) ? value[0] : undefined;
  if (!isRow(value)) return undefined;
  const { columns, data } = value;
  if (!Array.isArray(columns) || !Array.isArray(data)) return value;
  const [first] = data;
  return Array.isArray(first)
    ? Object.fromEntries(columns.map((name, index) => [String(name), first[index]]))
    : undefined;
}

const isRow = (value: unknown): value is Row => typeof value === "object" && value !== null && !Array.isArray(value);
