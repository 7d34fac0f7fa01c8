import { type ColumnProfile, categoricalColumn, columnFromQuantiles } from "@pave/contract/drift";
import type { Column } from "../lib/column-types.ts";
import { type DuckDb, identifier } from "../lib/duckdb.ts";
import type { DrawnRows } from "./draw-rows.ts";
import type { Feature } from "./feature.ts";

/** Up to so many rows every value is looked at; of more, a thousand quantiles tell where the cells are. */
const exactRows = 100_000;
const quantiles = 1000;
const countedCategories = 20_000;
const longestCategory = 200;

/** The table is called `drawn`. A column that is not there has no value in any row. */
export async function profileFeature(
  db: DuckDb,
  { name, type }: Feature,
  columns: readonly Column[],
  { drawn, all }: DrawnRows,
): Promise<ColumnProfile> {
  const isThere = columns.some((column) => column.name === name);
  const value = isThere ? identifier(name) : "NULL";
  const column =
    type === "string" || type === "boolean"
      ? await profileCategories(db, name, type, value, drawn)
      : await profileNumbers(db, name, value, drawn);
  return drawn < all ? { ...column, flags: [...column.flags, "sampled"] } : column;
}

async function profileNumbers(db: DuckDb, name: string, column: string, rows: number): Promise<ColumnProfile> {
  const number = `try_cast(${column} AS DOUBLE)`;
  const values = `(SELECT ${number} AS x FROM drawn WHERE isfinite(${number}))`;
  const [count, mean, m2, min, max] = Object.values(
    await db.row(`SELECT count(*), avg(x), var_pop(x) * count(*), min(x), max(x) FROM ${values}`),
  ).map(Number) as [number, number, number, number, number];
  if (count === 0) return columnFromQuantiles({ name, rows, moments: null, quantiles: [] });
  const moments = { count, mean, m2: Math.max(0, m2), min, max };
  return columnFromQuantiles({ name, rows, moments, quantiles: await ascending(db, values, count) });
}

async function ascending(db: DuckDb, values: string, count: number): Promise<readonly number[]> {
  if (count <= exactRows) return (await db.rows(`SELECT x FROM ${values} ORDER BY x`)).map(({ x }) => Number(x));
  const shares = `list_transform(range(${quantiles}), lambda i: (i + 0.5) / ${quantiles})`;
  const found = await db.rows(`SELECT unnest(quantile_disc(x, ${shares})) AS x FROM ${values}`);
  return found.map(({ x }) => Number(x));
}

async function profileCategories(
  db: DuckDb,
  name: string,
  type: "string" | "boolean",
  column: string,
  rows: number,
): Promise<ColumnProfile> {
  const text = type === "boolean" ? `CAST(try_cast(${column} AS BOOLEAN) AS VARCHAR)` : `CAST(${column} AS VARCHAR)`;
  const { present } = await db.row(`SELECT count(${text}) AS present FROM drawn`);
  const found = await db.rows(
    `SELECT v, count(*) AS rows FROM (SELECT ${text} AS v FROM drawn) WHERE length(v) <= ${longestCategory}
     GROUP BY v ORDER BY rows DESC, v LIMIT ${countedCategories}`,
  );
  const counts = found.map((row) => [String(row.v), Number(row.rows)] as const);
  const counted = counts.reduce((sum, [, count]) => sum + count, 0);
  const kind = type === "boolean" ? "boolean" : "categorical";
  const missing = rows - Number(present);
  return categoricalColumn({ name, kind, rows, missing, counts, uncounted: Number(present) - counted });
}
