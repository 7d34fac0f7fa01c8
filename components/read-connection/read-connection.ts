/** Reads a table through a connection and writes Parquet; what it read, and from where, is noted beside it. */
import { rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { toColumn } from "../lib/column-types.ts";
import { copyToParquet, type DuckDb, literal, openDuckDb } from "../lib/duckdb.ts";
import { numberParam, optionalString, stringList } from "../lib/params.ts";
import { fail, outputPath, runStep, type Step, StepError, say, writeMetadata } from "../lib/step.ts";
import { findSource, loadSource } from "../lib/table-source.ts";
import { type Connection, givenConnection } from "./connection.ts";
import { ConnectionFailure } from "./failure.ts";
import { download, s3Url, urlBelow } from "./http.ts";
import { type Limits, Meter } from "./limits.ts";
import { readMysql } from "./mysql.ts";
import { readPostgres } from "./postgres.ts";
import { RowsTable } from "./rows-table.ts";

await runStep(readConnection);

async function readConnection(step: Step): Promise<void> {
  const { query, path } = whatToRead(step);
  const connection = givenConnection();
  const limits = {
    maxRows: numberParam(step, "maxRows"),
    maxBytes: numberParam(step, "maxBytes"),
    timeoutSeconds: numberParam(step, "timeoutSeconds"),
  };
  try {
    const read = { step, connection, limits };
    const etag = query === null ? await readFile(read, path ?? "") : await readDatabase(read, query);
    describeTable(step, connection, { query, path, etag });
  } catch (error) {
    if (!(error instanceof ConnectionFailure)) throw error;
    throw new StepError(`connection ${connection.name}: ${error.message}; ${error.fix}`);
  }
}

interface Read {
  readonly step: Step;
  readonly connection: Connection;
  readonly limits: Limits;
}

function whatToRead(step: Step): { readonly query: string | null; readonly path: string | null } {
  const [query, path] = [optionalString(step, "query"), optionalString(step, "path")];
  if ((query === null) !== (path === null)) return { query, path };
  fail("params", {
    expected: "`query` of a database, or `path` of a file",
    found: query === null ? "neither" : "both",
    fix: "give one of them",
  });
}

async function readDatabase({ step, connection, limits }: Read, query: string): Promise<null> {
  const read = { postgres: readPostgres, mysql: readMysql, s3: null, http: null }[connection.type];
  if (read === null) throw wrongWay(connection, "path", "a file");
  const db = await openDuckDb({ readable: [], writable: step.outputFolder, isRepeatable: true });
  try {
    const meter = new Meter(limits);
    let table: RowsTable | undefined;
    await read(
      connection,
      query,
      limits,
      async (columns) => {
        table = await RowsTable.create(db, meter, columns);
      },
      (rows) => table?.add(rows),
    );
    if (!table || meter.rows === 0)
      throw new ConnectionFailure("query", "the query gives no row", "check its conditions");
    await write(db, await table.finish(), step);
    return null;
  } finally {
    db.close();
  }
}

async function readFile({ step, connection, limits }: Read, path: string): Promise<string | null> {
  if (connection.type !== "s3" && connection.type !== "http") throw wrongWay(connection, "query", "a SELECT");
  const url = connection.type === "s3" ? s3Url(connection, path) : urlBelow(connection, path);
  const file = join(tmpdir(), basename(path).replace(/[^\w.-]/g, "_") || "file");
  const { etag, bytes } = await download(connection, url, file, limits);
  say(`read ${bytes} bytes of ${path}`);
  const input = { type: "dataset", path: file, metadata: { path } };
  const source = findSource({ ...step, inputs: { source: input } }, "source");
  const db = await openDuckDb({ readable: [file], writable: step.outputFolder, isRepeatable: true });
  try {
    const delimiter = optionalString(step, "delimiter");
    const texts = { delimiter, missing: stringList(step, "missing"), textColumns: stringList(step, "textColumns") };
    await loadSource(db, source, "source", texts);
    const { rows } = await db.row("SELECT count(*) AS rows FROM source");
    new Meter(limits).take(Number(rows), 0);
    await write(db, "FROM source", step);
  } finally {
    db.close();
    rmSync(file, { force: true });
  }
  return etag;
}

const wrongWay = ({ type }: Connection, param: string, what: string): ConnectionFailure =>
  new ConnectionFailure(
    "query",
    `a connection of the type ${type} is read by \`${param}\`: ${what}`,
    `give \`${param}\` instead`,
  );

let written: {
  readonly rows: number;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly exactType: string }[];
};

async function write(db: DuckDb, query: string, step: Step): Promise<void> {
  const path = outputPath(step, "table.parquet");
  await copyToParquet(db, query, path);
  const { rows } = await db.row(`SELECT count(*) AS rows FROM read_parquet(${literal(path)})`);
  const described = await db.rows(`DESCRIBE FROM read_parquet(${literal(path)})`);
  const columns = described.map((row) => {
    const { name, type, duckDbType } = toColumn(String(row.column_name), String(row.column_type));
    return { name, type: type === "other" ? "string" : type, exactType: duckDbType };
  });
  written = { rows: Number(rows), columns };
}

function describeTable(
  step: Step,
  connection: Connection,
  source: { readonly query: string | null; readonly path: string | null; readonly etag: string | null },
): void {
  const bytes = statSync(outputPath(step, "table.parquet")).size;
  const { name, type, environment } = connection;
  writeMetadata(step, { table: { ...written, bytes, source: { connection: name, type, environment, ...source } } });
  say(`wrote ${written.rows} rows, ${written.columns.length} columns, ${bytes} bytes`);
}
