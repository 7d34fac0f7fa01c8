/** Cuts a table in two: the latest rows for the test when a time column is named, otherwise a share drawn by seed. */
import { statSync } from "node:fs";
import type { Column } from "../lib/column-types.ts";
import { copyToParquet, type DuckDb, identifier, literal, openDuckDb, type Row } from "../lib/duckdb.ts";
import { numberParam, optionalString } from "../lib/params.ts";
import { countRows, fail, type Json, outputPath, runStep, type Step, say, writeMetadata } from "../lib/step.ts";
import { failMissingColumn } from "../lib/table-problems.ts";
import { findSource, loadSource } from "../lib/table-source.ts";
import { seededCut, timeCut } from "./cut.ts";

await runStep(splitTable);

async function splitTable(step: Step): Promise<void> {
  const share = numberParam(step, "test");
  if (share <= 0 || share >= 1) {
    fail("param test", {
      expected: "a share between 0 and 1, both excluded",
      found: String(share),
      fix: "use for example 0.2",
    });
  }
  const source = findSource(step, "table");
  const db = await openDuckDb({ readable: [source.path], writable: step.outputFolder, isRepeatable: true });
  try {
    const { columns } = await loadSource(db, source, "source");
    const by = columnParam(step, "by", columns, source.place);
    const target = columnParam(step, "target", columns, source.place);
    if (target !== null) await failOnMissing(db, target, source.place);

    const cut =
      by === null
        ? await seededCut(db, share, numberParam(step, "seed"), target)
        : await timeCut(db, by, share, source.place);
    const train = await writePart(step, db, "train", `NOT (${cut.isTest})`, by, target, cut.rows);
    const test = await writePart(step, db, "test", cut.isTest, by, target, cut.rows);
    writeMetadata(step, { train, test });
  } finally {
    db.close();
  }
}

function columnParam(step: Step, param: string, columns: readonly Column[], place: string): Column | null {
  const name = optionalString(step, param);
  if (name === null) return null;
  const column = columns.find((candidate) => candidate.name === name);
  if (column === undefined) {
    failMissingColumn(
      `${place} (param ${param})`,
      name,
      columns.map((candidate) => candidate.name),
    );
  }
  return column;
}

async function failOnMissing(db: DuckDb, target: Column, place: string): Promise<void> {
  const { missing } = await db.row(`SELECT count(*) - count(${identifier(target.name)}) AS missing FROM source`);
  if (missing !== 0) {
    fail(`${place} column ${target.name}`, {
      expected: "a value in every row of the target",
      found: `${countRows(Number(missing))} without one`,
      fix: "leave those rows out in the SQL of the ingest step",
    });
  }
}

async function writePart(
  step: Step,
  db: DuckDb,
  part: "train" | "test",
  condition: string,
  by: Column | null,
  target: Column | null,
  allRows: number,
): Promise<Json> {
  const path = outputPath(step, `${part}.parquet`);
  await copyToParquet(db, `SELECT * EXCLUDE (pave_row, pave_draw) FROM drawn WHERE ${condition}`, path);
  const table = `read_parquet(${literal(path)})`;
  const { rows } = await db.row(`SELECT count(*) AS rows FROM ${table}`);
  const range = by === null ? {} : await rangeOf(db, table, by);
  const classes = target === null ? [] : await classesOf(db, table, target);
  failOnUseless(part, Number(rows), by, target, classes);
  say(`${part}: ${rows} rows`);
  const balance =
    target === null ? {} : { target: target.name, classes: classes as readonly { readonly [key: string]: Json }[] };
  return { rows: Number(rows), share: Number(rows) / allRows, bytes: statSync(path).size, ...range, ...balance };
}

async function rangeOf(db: DuckDb, table: string, by: Column): Promise<{ [key: string]: Json }> {
  const name = identifier(by.name);
  const row = await db.row(
    `SELECT CAST(min(${name}) AS VARCHAR) AS "from", CAST(max(${name}) AS VARCHAR) AS "to" FROM ${table}`,
  );
  return { by: by.name, from: row.from ?? null, to: row.to ?? null };
}

/** At most 50 classes: a target with more is a number to be predicted, not a class. */
async function classesOf(db: DuckDb, table: string, target: Column): Promise<readonly Row[]> {
  return db.rows(
    `SELECT CAST(${identifier(target.name)} AS VARCHAR) AS class, count(*) AS rows, count(*) / sum(count(*)) OVER () AS share
     FROM ${table} GROUP BY 1 ORDER BY rows DESC, class LIMIT 50`,
  );
}

function failOnUseless(
  part: string,
  rows: number,
  by: Column | null,
  target: Column | null,
  classes: readonly Row[],
): void {
  const fix = by === null ? "use more rows or another share" : `use another share, or split without \`by: ${by.name}\``;
  if (rows === 0) fail(`output ${part}`, { expected: "at least one row", found: "an empty part", fix });
  if (target !== null && classes.length === 1) {
    fail(`output ${part}`, {
      expected: `at least two classes of ${target.name}`,
      found: `only ${classes[0]?.class}`,
      fix,
    });
  }
}
