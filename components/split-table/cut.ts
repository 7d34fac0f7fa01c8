/** Where the cut goes. Both cuts are a condition on a row, so a table of any size is split as a stream, in its order. */
import type { Column } from "../lib/column-types.ts";
import { type DuckDb, identifier, literal } from "../lib/duckdb.ts";
import { countRows, fail } from "../lib/step.ts";

export interface Cut {
  /** A condition over the view `drawn`, which is the source with two more columns: pave_row and pave_draw. */
  readonly isTest: string;
  readonly rows: number;
}

/**
 * The last rows by time are the test. Rows of the same instant stay together, so with few distinct times the share is only
 * as near to what was asked for as an instant allows.
 */
export async function timeCut(db: DuckDb, by: Column, share: number, place: string): Promise<Cut> {
  await drawRows(db, "0");
  const name = identifier(by.name);
  const counted = await db.row(`SELECT count(*) AS rows, count(*) - count(${name}) AS missing FROM source`);
  const rows = Number(counted.rows);
  if (counted.missing !== 0) {
    fail(`${place} column ${by.name}`, {
      expected: "a time in every row",
      found: `${countRows(Number(counted.missing))} without one`,
      fix: "leave those rows out in the SQL of the ingest step",
    });
  }
  const wanted = testRows(rows, share);
  const { first } = await db.row(
    `SELECT CAST(quantile_disc(${name}, ${(rows - wanted + 0.5) / rows}) AS VARCHAR) AS first FROM source`,
  );
  const instant = `CAST(${literal(first ?? null)} AS ${by.duckDbType})`;
  const counts = await db.row(
    `SELECT count(*) FILTER (${name} >= ${instant}) AS "from", count(*) FILTER (${name} > ${instant}) AS after FROM source`,
  );
  const [from, after] = [Number(counts.from), Number(counts.after)];
  const isNearerWithout = after > 0 && (from === rows || wanted - after < from - wanted);
  return { isTest: `${name} ${isNearerWithout ? ">" : ">="} ${instant}`, rows };
}

/**
 * Every row draws a number from its position and the seed; the lowest draws are the test, of each class its share when
 * there is a target. The mixing is our own because DuckDB promises no stability for `hash()` between versions; it takes
 * 40 ms for 3 million rows, where MD5 took 1.6 s.
 */
export async function seededCut(db: DuckDb, share: number, seed: number, target: Column | null): Promise<Cut> {
  // Two rounds of a 32-bit integer hash (each step is invertible, so draws are spread as evenly as row numbers are).
  await db.run(`CREATE TEMP MACRO mix(x) AS (xor(x, x >> 16) * 73244475) & 4294967295`);
  const seedBits = BigInt.asUintN(32, BigInt(Math.trunc(seed)) * 2654435761n);
  await drawRows(db, `mix(mix(xor(mix(pave_row & 4294967295), ${seedBits})))`);
  const group = target === null ? "NULL" : identifier(target.name);
  const counts = await db.rows(
    `SELECT CAST(${group} AS VARCHAR) AS class, count(*) AS rows FROM source GROUP BY ${group} ORDER BY rows DESC, class LIMIT 51`,
  );
  const total = Number((await db.row("SELECT count(*) AS rows FROM source")).rows);
  // A target with more than 50 values is no class: stratifying by it would leave a row or two per group.
  if (target === null || counts.length > 50)
    return { isTest: await lowestDraws(db, "true", total, share), rows: total };

  const conditions: string[] = [];
  for (const { class: value, rows } of counts) {
    const inClass = `CAST(${group} AS VARCHAR) = ${literal(value ?? null)}`;
    conditions.push(`(${inClass} AND ${await lowestDraws(db, inClass, Number(rows), share)})`);
  }
  return { isTest: conditions.join(" OR "), rows: total };
}

async function drawRows(db: DuckDb, draw: string): Promise<void> {
  await db.run(
    `CREATE TEMP VIEW drawn AS SELECT *, ${draw} AS pave_draw FROM (SELECT *, row_number() OVER () AS pave_row FROM source)`,
  );
}

async function lowestDraws(db: DuckDb, condition: string, rows: number, share: number): Promise<string> {
  const wanted = testRows(rows, share);
  if (wanted === 0) return "false";
  const quantile = (wanted - 0.5) / rows;
  const { limit } = await db.row(
    `SELECT CAST(quantile_disc(pave_draw, ${quantile}) AS VARCHAR) AS "limit" FROM drawn WHERE ${condition}`,
  );
  return `pave_draw <= CAST(${literal(limit ?? null)} AS BIGINT)`;
}

/** At least one row on each side where there are two. */
function testRows(rows: number, share: number): number {
  return rows < 2 ? 0 : Math.min(rows - 1, Math.max(1, Math.round(rows * share)));
}
