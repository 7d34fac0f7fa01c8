/**
 * DuckDB in a sandbox. Tables and SQL come from users, so before any of it is read the database is shut: it can reach
 * exactly the files it was opened for, load no extension, attach no database, and its settings are locked.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";

export type Cell = string | number | boolean | null;
export type Row = { readonly [column: string]: Cell };

export interface DuckDb {
  readonly connection: DuckDBConnection;
  run(sql: string): Promise<void>;
  /** Rows with plain values: integers beyond 2^53 lose precision, dates and nested values become text. */
  rows(sql: string): Promise<readonly Row[]>;
  /** The only row of an aggregate. */
  row(sql: string): Promise<Row>;
  close(): void;
}

export interface DuckDbOptions {
  /** Files, or folders with everything below them, that SQL may read. */
  readonly readable: readonly string[];
  /** The folder that COPY may write to. */
  readonly writable: string;
  /**
   * One thread: any SQL gives the same rows in the same order, the same floating point sums, and the same bytes of Parquet
   * whatever machine it runs on. For steps that write tables; 3 million rows then take 2.3 s from CSV instead of 1.6 s.
   */
  readonly isRepeatable?: boolean;
}

export async function openDuckDb(options: DuckDbOptions): Promise<DuckDb> {
  const spillFolder = mkdtempSync(join(tmpdir(), "pave-duckdb-"));
  const instance = await DuckDBInstance.create(":memory:", {
    threads: String(options.isRepeatable === true ? 1 : stepCpus()),
    memory_limit: `${duckDbMemoryMiB()}MiB`,
    temp_directory: spillFolder,
    preserve_insertion_order: "true",
  });
  const connection = await instance.connect();
  await shut(connection, options);

  return {
    connection,
    async run(sql) {
      await connection.run(sql);
    },
    async rows(sql) {
      const reader = await connection.runAndReadAll(sql);
      return reader.getRowObjectsJS().map(plainRow);
    },
    async row(sql) {
      const reader = await connection.runAndReadAll(sql);
      return plainRow(reader.getRowObjectsJS()[0] ?? {});
    },
    close() {
      connection.closeSync();
      instance.closeSync();
      rmSync(spillFolder, { recursive: true, force: true });
    },
  };
}

export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function literal(value: Cell): string {
  if (value === null) return "NULL";
  return typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value);
}

/** `SELECT *` to Parquet. The same rows in the same order give the same bytes. */
export async function copyToParquet(db: DuckDb, query: string, path: string): Promise<void> {
  await db.run(`COPY (${query}\n) TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd)`);
}

async function shut(connection: DuckDBConnection, options: DuckDbOptions): Promise<void> {
  const paths = options.readable.map((path) => resolve(path));
  const folders = [...paths, resolve(options.writable)];
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run(`SET allowed_paths = [${paths.map(literal).join(", ")}]`);
  await connection.run(`SET allowed_directories = [${folders.map(literal).join(", ")}]`);
  await connection.run("SET autoinstall_known_extensions = false");
  await connection.run("SET autoload_known_extensions = false");
  await connection.run("SET enable_external_access = false");
  await connection.run("SET lock_configuration = true");
}

function stepCpus(): number {
  const cpus = Number(process.env.PAVE_STEP_CPUS);
  return Number.isFinite(cpus) && cpus >= 1 ? Math.floor(cpus) : 2;
}

/** 70% of the step's memory: the rest is for Node and for what DuckDB does not count. */
function duckDbMemoryMiB(): number {
  const bytes = Number(process.env.PAVE_STEP_MEMORY_BYTES);
  const stepMiB = Number.isFinite(bytes) && bytes > 0 ? bytes / 1024 ** 2 : 1024;
  return Math.max(128, Math.floor(stepMiB * 0.7));
}

function plainRow(row: Record<string, unknown>): Row {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, plainCell(value)]));
}

function plainCell(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "string") return value;
  if (value instanceof Date) return value.toISOString();
  return String(value);
}
