import type { TrackedRunPage } from "@pave/contract";
import { count } from "../../lib/format.ts";

type Dataset = TrackedRunPage["datasets"][number];

/** What a client wrote about a dataset, as far as it is of the form that MLflow writes. */
export function describeDataset({ profile, schema, source }: Dataset) {
  const { num_rows: rows } = recordOf(profile);
  const { mlflow_colspec: columns } = recordOf(schema);
  const from = recordOf(source);
  return {
    size: typeof rows === "number" ? `${count(rows)} rows` : null,
    columns: Array.isArray(columns) ? columns.flatMap(nameOf) : [],
    source:
      [from.uri, from.url, from.path].find((place) => typeof place === "string") ?? (isPlain(source) ? source : null),
  };
}

const isPlain = (text: string): boolean => text !== "" && !text.startsWith("{");

function recordOf(text: string | null): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function nameOf(column: unknown): string[] {
  return typeof column === "object" && column !== null && "name" in column && typeof column.name === "string"
    ? [column.name]
    : [];
}
