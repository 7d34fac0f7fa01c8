/** The five kinds of column that Pave speaks of, whatever DuckDB calls them. */
export type ColumnType = "string" | "integer" | "number" | "boolean" | "timestamp" | "other";

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** As DuckDB names it, for example `DECIMAL(18,3)`. */
  readonly duckDbType: string;
}

export function toColumn(name: string, duckDbType: string): Column {
  return { name, duckDbType, type: columnType(duckDbType) };
}

function columnType(duckDbType: string): ColumnType {
  if (/^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER)$/.test(duckDbType)) return "integer";
  if (/^(FLOAT|DOUBLE|DECIMAL\(.*\))$/.test(duckDbType)) return "number";
  if (duckDbType === "BOOLEAN") return "boolean";
  if (/^(DATE|TIMESTAMP.*)$/.test(duckDbType)) return "timestamp";
  if (/^(VARCHAR|UUID|ENUM\(.*\))$/.test(duckDbType)) return "string";
  return "other";
}
