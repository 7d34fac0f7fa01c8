import type { Preview } from "@pave/contract";
import { z } from "zod";
import { mostColumns, tableOf } from "./table.ts";

const splitSchema = z.object({ columns: z.array(z.unknown()).min(1), data: z.array(z.array(z.unknown())) });
const recordsSchema = z.array(z.record(z.string(), z.unknown())).min(1);

/** A table that `mlflow.log_table` wrote, or an array of records; undefined of any other JSON, which is shown as text. */
export function previewTableJson(text: string): Preview | undefined {
  const value = parsed(text);
  const split = splitSchema.safeParse(value);
  if (split.success) {
    const { columns, data } = split.data;
    return tableOf(columns.map(String), data, { totalRows: data.length, isCut: false });
  }
  const records = recordsSchema.safeParse(value);
  if (!records.success) return undefined;
  const columns = [...new Set(records.data.slice(0, 1000).flatMap(Object.keys))];
  const rows = records.data.slice(0, 1000).map((record) => columns.slice(0, mostColumns).map((name) => record[name]));
  return tableOf(columns, rows, { totalRows: records.data.length, isCut: false });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
