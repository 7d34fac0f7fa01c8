import type { DeploymentDetail } from "@pave/contract";

export type Feature = NonNullable<DeploymentDetail["signature"]>["inputs"][number];
export type Row = Readonly<Record<string, unknown>>;
/** What stands in the fields: text as typed. */
export type Fields = Readonly<Record<string, string>>;

/** One row of the example, whichever way it was written: a row, rows, or pandas' split. */
export function exampleRow(example: unknown): Row {
  if (Array.isArray(example)) return exampleRow(example[0]);
  if (typeof example !== "object" || example === null) return {};
  if ("columns" in example && "data" in example && Array.isArray(example.columns) && Array.isArray(example.data)) {
    const first: unknown = example.data[0];
    return Array.isArray(first)
      ? Object.fromEntries(example.columns.map((name, index) => [String(name), first[index]]))
      : {};
  }
  const rows = "inputs" in example ? example.inputs : "instances" in example ? example.instances : undefined;
  return Array.isArray(rows) ? exampleRow(rows[0]) : { ...example };
}

/** The names of the signature, else of the example. */
export function featuresOf({
  signature,
  inputExample,
}: Pick<DeploymentDetail, "signature" | "inputExample">): readonly Feature[] {
  if (signature) return signature.inputs;
  return Object.entries(exampleRow(inputExample)).map(([name, value]) => ({
    name,
    type: typeof value === "number" ? "double" : typeof value === "boolean" ? "boolean" : "string",
    required: true,
  }));
}

export const fieldsOf = (row: Row, features: readonly Feature[]): Fields =>
  Object.fromEntries(
    features.map(({ name }) => [name, row[name] === undefined || row[name] === null ? "" : String(row[name])]),
  );

export const isNumeric = ({ type }: Feature): boolean => ["integer", "long", "float", "double"].includes(type);

/** Fields as the row to send. An empty field is left out; what is no number where one belongs is sent as typed, so that the endpoint says what it thinks of it. */
export function rowOf(fields: Fields, features: readonly Feature[]): Row {
  return Object.fromEntries(
    features.flatMap((feature): [string, unknown][] => {
      const text = fields[feature.name] ?? "";
      if (text === "") return [];
      if (feature.type === "boolean") return [[feature.name, text === "true"]];
      const number = Number(text);
      return [[feature.name, isNumeric(feature) && Number.isFinite(number) ? number : text]];
    }),
  );
}
