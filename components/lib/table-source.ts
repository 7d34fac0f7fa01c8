/**
 * A table that comes from outside: CSV, TSV, JSON lines or Parquet. Text is read once, whole, into a table of its own, so
 * that a fault in line 900,000 is found here and told in the words of the file; Parquet stays a view.
 */
import { readdirSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { type Column, toColumn } from "./column-types.ts";
import { type DuckDb, literal } from "./duckdb.ts";
import { findJsonFault } from "./json-lines.ts";
import { loadCsv, type TextOptions, type TextReading } from "./load-csv.ts";
import { fail, placeOf, requireInput, type Step } from "./step.ts";
import { failEmpty, unreadable } from "./table-problems.ts";

export type TableFormat = "csv" | "tsv" | "json" | "parquet";

export interface TableSource {
  /** What the user calls it: `data/flights.csv` or `input table`. */
  readonly place: string;
  readonly path: string;
  readonly format: TableFormat;
  /** All files, sorted by name; more than one only for a folder of Parquet files. */
  readonly files: readonly string[];
  readonly bytes: number;
}

export interface LoadedTable {
  readonly columns: readonly Column[];
  /** Of CSV and TSV. */
  readonly reading: TextReading | null;
}

const formats: { readonly [extension: string]: TableFormat } = {
  csv: "csv",
  tsv: "tsv",
  tab: "tsv",
  parquet: "parquet",
  pq: "parquet",
  jsonl: "json",
  ndjson: "json",
  json: "json",
};

export function findSource(step: Step, port: string): TableSource {
  const input = requireInput(step, port);
  const place = placeOf(step, port);
  const isFolder = statSync(input.path).isDirectory();
  const files = isFolder ? filesBelow(input.path) : [input.path];
  const format = findFormat(place, input.format, [place, ...files]);
  if (isFolder && format !== "parquet") {
    fail(place, { expected: "one file", found: `a folder of ${files.length}`, fix: "name the file, or use Parquet" });
  }
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  return { place, path: input.path, format, files, bytes };
}

/** Makes the source known to SQL under `name`; fails when it holds no row. */
export async function loadSource(
  db: DuckDb,
  source: TableSource,
  name: string,
  options: TextOptions = {},
): Promise<LoadedTable> {
  const reading = await loadByFormat(db, source, name, options);

  const { hasRows } = await db.row(`SELECT EXISTS (SELECT 1 FROM ${name}) AS "hasRows"`);
  if (!hasRows) failEmpty(source);
  const described = await db.rows(`DESCRIBE ${name}`);
  const columns = described.map((row) => toColumn(String(row.column_name), String(row.column_type)));
  return { columns, reading };
}

async function loadByFormat(
  db: DuckDb,
  source: TableSource,
  name: string,
  options: TextOptions,
): Promise<TextReading | null> {
  if (source.format === "csv" || source.format === "tsv") return loadCsv(db, source, name, options);
  if (source.format === "json") await loadJson(db, source, name);
  else await loadParquet(db, source, name);
  return null;
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile() && formats[extensionOf(path)] !== undefined)
    .sort();
}

function findFormat(place: string, declared: string | undefined, names: readonly string[]): TableFormat {
  for (const name of [declared ?? "", ...names.map(extensionOf)]) {
    const format = formats[name];
    if (format !== undefined) return format;
  }
  fail(place, {
    expected: "a file that ends in .csv, .tsv, .parquet, .jsonl or .json",
    found: extensionOf(place) === "" ? "no such ending" : `.${extensionOf(place)}`,
    fix: "export the table as CSV or Parquet",
  });
}

function extensionOf(path: string): string {
  return extname(path.toLowerCase().replace(/\.gz$/, "")).slice(1);
}

async function loadParquet(db: DuckDb, source: TableSource, name: string): Promise<void> {
  const files = `[${source.files.map(literal).join(", ")}]`;
  try {
    await db.run(`CREATE TEMP VIEW ${name} AS FROM read_parquet(${files})`);
    await db.run(`SELECT count(*) FROM ${name}`);
  } catch (error) {
    throw unreadable(source, "a Parquet file", error);
  }
}

async function loadJson(db: DuckDb, source: TableSource, name: string): Promise<void> {
  if (source.bytes === 0) failEmpty(source);
  try {
    await db.run(`CREATE TEMP TABLE ${name} AS FROM read_json(${literal(source.path)}, sample_size = -1)`);
  } catch (error) {
    const fault = await findJsonFault(source.path);
    if (fault === null) throw unreadable(source, "one JSON object per line", error);
    fail(`${source.place} line ${fault.line}`, {
      expected: "one JSON object per line",
      found: fault.found,
      fix: "fix the line",
    });
  }
}
