/** Reads a table, runs the project's SQL over it and writes Parquet. The same input gives the same bytes. */
import { readFileSync, statSync } from "node:fs";
import { copyToParquet, type DuckDb, identifier, literal, openDuckDb } from "../lib/duckdb.ts";
import { describeReading } from "../lib/load-csv.ts";
import { optionalString, recordParam, stringList } from "../lib/params.ts";
import {
  fail,
  type Json,
  outputPath,
  placeOf,
  requireInput,
  runStep,
  type Step,
  say,
  writeMetadata,
} from "../lib/step.ts";
import { failOnDuplicates } from "../lib/table-problems.ts";
import { findSource, loadSource } from "../lib/table-source.ts";
import { explainSqlError, prepareUserSql, type UserQuery } from "../lib/user-sql.ts";

await runStep(ingestTable);

async function ingestTable(step: Step): Promise<void> {
  const source = findSource(step, "source");
  const hasSql = step.inputs.sql !== undefined;
  const db = await openDuckDb({ readable: [source.path], writable: step.outputFolder, isRepeatable: true });
  try {
    const { columns: sourceColumns, reading } = await loadSource(db, source, "source", {
      delimiter: optionalString(step, "delimiter"),
      missing: stringList(step, "missing"),
      textColumns: stringList(step, "textColumns"),
    });
    say(`read ${source.place}: ${sourceColumns.length} columns${reading === null ? "" : describeReading(reading)}`);
    const query = hasSql ? await prepareSql(step, db) : { sql: "FROM source", columns: sourceColumns };
    failOnDuplicates(
      hasSql ? placeOf(step, "sql") : source.place,
      query.columns.map((column) => column.name),
    );
    await writeTable(step, db, query);
  } finally {
    db.close();
  }
}

async function prepareSql(step: Step, db: DuckDb): Promise<UserQuery> {
  const text = readFileSync(requireInput(step, "sql").path, "utf8");
  await db.run("SELECT setseed(0.5)");
  for (const [name, value] of Object.entries(recordParam(step, "variables"))) {
    if (typeof value === "object" && value !== null) failVariable(name, value);
    await db.run(`SET VARIABLE ${identifier(name)} = ${literal(value)}`);
  }
  return prepareUserSql(db.connection, text, placeOf(step, "sql"));
}

async function writeTable(step: Step, db: DuckDb, query: UserQuery): Promise<void> {
  const path = outputPath(step, "table.parquet");
  const place = placeOf(step, step.inputs.sql === undefined ? "source" : "sql");
  try {
    await copyToParquet(db, withPlainTypes(query), path);
  } catch (error) {
    throw explainSqlError(error, place);
  }
  const { rows } = await db.row(`SELECT count(*) AS rows FROM read_parquet(${literal(path)})`);
  if (rows === 0)
    fail(place, { expected: "at least one row", found: "an empty result", fix: "check the conditions of the query" });

  const columns = query.columns.map(({ name, type }) => ({ name, type: type === "other" ? "string" : type }));
  const bytes = statSync(path).size;
  writeMetadata(step, { table: { rows: rows ?? 0, columns, bytes } });
  say(`wrote ${rows} rows, ${columns.length} columns, ${bytes} bytes`);
}

/** DECIMAL, HUGEINT and times with a zone reach Python as objects that few models accept: DOUBLE, BIGINT and UTC instead. */
function withPlainTypes(query: UserQuery): string {
  const casts = query.columns.flatMap(({ name, duckDbType }) => {
    const type = plainType(duckDbType);
    return type === null ? [] : [`CAST(${identifier(name)} AS ${type}) AS ${identifier(name)}`];
  });
  return casts.length === 0 ? query.sql : `SELECT * REPLACE (${casts.join(", ")}) FROM (${query.sql}\n)`;
}

function plainType(duckDbType: string): string | null {
  if (duckDbType.startsWith("DECIMAL")) return "DOUBLE";
  if (/^U?HUGEINT$/.test(duckDbType)) return "BIGINT";
  return duckDbType === "TIMESTAMP WITH TIME ZONE" ? "TIMESTAMP" : null;
}

function failVariable(name: string, value: Json): never {
  fail(`param variables.${name}`, {
    expected: "a text, a number or a boolean",
    found: JSON.stringify(value),
    fix: "write a single value",
  });
}
