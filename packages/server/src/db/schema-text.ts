import type { ColumnEntry, SchemaCatalog, TableEntry } from "./schema-catalog.ts";

/** The whole schema as readable SQL in a stable order: what a reviewer compares. It is never executed. */
export function schemaText(catalog: SchemaCatalog): string {
  const parts = [
    "-- Written by scripts/dump-schema.ts from the migrations. Do not edit.",
    ...catalog.extensions.map((name) => `create extension ${name};`),
    ...catalog.enums.map(({ name, labels }) => `create type ${name} as enum (${labels.map(quote).join(", ")});`),
    ...catalog.tables.map(tableText),
    ...catalog.views.map(({ name, definition }) => `create view ${name} as\n${definition.trim()}`),
    ...catalog.functions.map(({ definition }) => `${definition.trim().replaceAll("public.", "")};`),
  ];
  return `${parts.join("\n\n")}\n`;
}

function tableText(table: TableEntry): string {
  if (table.partitionOf !== null)
    return `create table ${table.name} partition of ${table.partitionOf} ${table.bounds};`;
  const lines = [
    ...table.columns.map(columnText),
    ...table.constraints.map(({ name, definition }) => `constraint ${name} ${definition}`),
  ];
  const partition = table.partitionKey === null ? "" : ` partition by ${table.partitionKey}`;
  return [
    `create table ${table.name} (\n${lines.map((line) => `  ${line}`).join(",\n")}\n)${partition};`,
    ...table.indexes.map((definition) => `${definition};`),
    ...table.triggers.map((definition) => `${definition};`),
    ...commentText(table),
  ].join("\n");
}

function columnText(column: ColumnEntry): string {
  const value =
    column.default === null
      ? ""
      : column.generated
        ? ` generated always as (${column.default}) stored`
        : ` default ${column.default}`;
  const identity = column.identity === "" ? "" : ` generated ${column.identity} as identity`;
  return `${column.name} ${column.type}${column.notNull ? " not null" : ""}${value}${identity}`;
}

function commentText(table: TableEntry): string[] {
  const own = table.comment === null ? [] : [`comment on table ${table.name} is ${quote(table.comment)};`];
  const columns = table.columns.filter((column) => column.comment !== null);
  return [
    ...own,
    ...columns.map((column) => `comment on column ${table.name}.${column.name} is ${quote(column.comment ?? "")};`),
  ];
}

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
