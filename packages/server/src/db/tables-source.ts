import type { ColumnEntry, SchemaCatalog, TableEntry } from "./schema-catalog.ts";

/**
 * The source of `tables.ts`: one interface per table, and a union of literals for each column whose check constraint
 * lists its values. Written as Biome would format it.
 */
export function tablesSource(catalog: SchemaCatalog): string {
  const tables = catalog.tables.filter((table) => table.partitionOf === null);
  const enums = new Map(catalog.enums.map(({ name, labels }) => [name, labels] as const));
  const body = tables.map((table) => tableSource(table, enums)).join("\n\n");
  const index = tables.map((table) => `  ${table.name}: ${pascal(table.name)}Table;`).join("\n");
  return [
    "// Written by scripts/dump-schema.ts from the migrations. Do not edit.",
    imports(body),
    body,
    `/** Every table by name, as Kysely wants it. */\nexport interface Tables {\n${index}\n}`,
  ]
    .filter((part) => part !== "")
    .join("\n\n")
    .concat("\n");
}

function imports(body: string): string {
  const from = (names: readonly string[], path: string): string[] => {
    const used = names.filter((name) => new RegExp(`\\b${name}\\b`).test(body));
    return used.length === 0 ? [] : [`import type { ${used.join(", ")} } from "${path}";`];
  };
  return [
    ...from(["GeneratedAlways"], "kysely"),
    ...from(["Generated", "JsonColumn", "Timestamp"], "./column-types.ts"),
  ].join("\n");
}

function tableSource(table: TableEntry, enums: ReadonlyMap<string, readonly string[]>): string {
  const name = pascal(table.name);
  const unions = new Map(enums);
  const aliases: string[] = [];
  const lines = table.columns.map((column) => {
    const values = enums.get(column.type) ?? checkedValues(table, column.name);
    if (values === undefined) return columnSource(column, baseType(column.type));
    const alias = `${name}${pascal(column.name)}`;
    unions.set(alias, values);
    aliases.push(unionSource(alias, values));
    return columnSource(column, alias);
  });
  return [...aliases, `export interface ${name}Table {\n${lines.map((line) => `  ${line}`).join("\n")}\n}`].join(
    "\n\n",
  );
}

function columnSource(column: ColumnEntry, type: string): string {
  const nullable = column.notNull ? type : `${type} | null`;
  if (column.generated || column.identity === "always") return `${column.name}: GeneratedAlways<${nullable}>;`;
  if (column.default !== null || column.identity !== "") return `${column.name}: Generated<${nullable}>;`;
  return `${column.name}: ${nullable};`;
}

/** The values of `check (column in ('a', 'b'))`. */
function checkedValues(table: TableEntry, column: string): readonly string[] | undefined {
  for (const { definition } of table.constraints) {
    const match = /^CHECK \("?(\w+)"? = ANY \(ARRAY\[(.+)\]\)\)$/.exec(definition);
    if (match?.[1] !== column) continue;
    const values = [...(match[2] ?? "").matchAll(/'((?:[^']|'')*)'::text/g)].map(([, value = ""]) =>
      value.replaceAll("''", "'"),
    );
    if (values.length > 0) return values;
  }
  return undefined;
}

function unionSource(name: string, values: readonly string[]): string {
  const literals = values.map((value) => JSON.stringify(value));
  const line = `export type ${name} = ${literals.join(" | ")};`;
  return line.length <= 120
    ? line
    : `export type ${name} =\n${literals.map((literal) => `  | ${literal}`).join("\n")};`;
}

function baseType(type: string): string {
  if (type.endsWith("[]")) return `${baseType(type.slice(0, -2))}[]`;
  const plain = type.replace(/\(.*?\)/, "");
  switch (plain) {
    case "boolean":
      return "boolean";
    case "smallint":
    case "integer":
    case "bigint":
    case "real":
    case "double precision":
    case "numeric":
      return "number";
    case "timestamp with time zone":
      return "Timestamp";
    case "json":
    case "jsonb":
      return "JsonColumn";
    case "bytea":
      return "Buffer";
    default:
      return "string";
  }
}

const pascal = (name: string): string =>
  name.replaceAll(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
