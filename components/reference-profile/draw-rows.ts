import type { DuckDb } from "../lib/duckdb.ts";

export interface DrawnRows {
  readonly drawn: number;
  readonly all: number;
}

/**
 * Makes `name` of all rows of a table, or of about `wanted` of them: the same ones every time, and none more likely
 * than another.
 */
export async function drawRows(db: DuckDb, table: string, name: string, wanted: number): Promise<DrawnRows> {
  const all = Number((await db.row(`SELECT count(*) AS rows FROM ${table}`)).rows);
  if (all <= wanted) {
    await db.run(`CREATE OR REPLACE TEMP VIEW ${name} AS FROM ${table}`);
    return { drawn: all, all };
  }
  const keep = Math.floor((wanted / all) * 2 ** 32);
  const numbered = `SELECT *, row_number() OVER () AS pave_row FROM ${table}`;
  await db.run(
    `CREATE OR REPLACE TEMP TABLE ${name} AS SELECT * EXCLUDE (pave_row) FROM (${numbered})
     WHERE (xor(pave_row, pave_row >> 16) * 73244475) & 4294967295 < ${keep}`,
  );
  return { drawn: Number((await db.row(`SELECT count(*) AS rows FROM ${name}`)).rows), all };
}
