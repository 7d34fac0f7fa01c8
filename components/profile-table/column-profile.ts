/** What each column holds: counts, range, quantiles, most frequent values. */
import type { Column } from "../lib/column-types.ts";
import { anyNumber } from "../lib/decimal-commas.ts";
import { type Cell, type DuckDb, identifier, literal } from "../lib/duckdb.ts";

export interface ValueCount {
  readonly value: string;
  readonly rows: number;
}

export interface ColumnProfile extends Column {
  /** Of the rows that were looked at. */
  readonly rows: number;
  readonly missing: number;
  readonly missingShare: number;
  readonly distinct: number;
  readonly min: Cell;
  readonly max: Cell;
  readonly mean: number | null;
  readonly deviation: number | null;
  /** Of numbers: 1, 5, 25, 50, 75, 95 and 99 percent. */
  readonly quantiles: { readonly [name: string]: number } | null;
  /** The ten most frequent values of texts, booleans and whole numbers. */
  readonly top: readonly ValueCount[] | null;
  /** Share of the texts that would be numbers, and dates. */
  readonly numberShare: number | null;
  readonly dateShare: number | null;
}

const quantiles = { p01: 0.01, p05: 0.05, p25: 0.25, p50: 0.5, p75: 0.75, p95: 0.95, p99: 0.99 };

export async function profileColumn(db: DuckDb, column: Column): Promise<ColumnProfile> {
  const value = valueSql(column);
  const isNumber = column.type === "number" || column.type === "integer";
  const isText = column.type === "string";
  const facts = await db.row(`SELECT
      count(*) AS rows,
      count(${value}) AS present,
      ${column.type === "other" ? "NULL, NULL" : `CAST(min(${value}) AS ${isNumber ? "DOUBLE" : "VARCHAR"}), CAST(max(${value}) AS ${isNumber ? "DOUBLE" : "VARCHAR"})`},
      ${isNumber ? `avg(${value}), stddev_pop(${value})` : "NULL, NULL"},
      ${isText ? `count(*) FILTER (try_cast(${value} AS DOUBLE) IS NOT NULL OR regexp_full_match(${value}, ${literal(anyNumber)})), count(try_cast(${value} AS TIMESTAMP))` : "NULL, NULL"}
    FROM (SELECT ${value} AS ${identifier(column.name)} FROM sampled) AS t(${identifier(column.name)})`);
  const [rows, present, min, max, mean, deviation, numbers, dates] = Object.values(facts);
  const missing = Number(rows) - Number(present);
  return {
    ...column,
    rows: Number(rows),
    missing,
    missingShare: missing / Number(rows),
    distinct: await countDistinct(db, value),
    min: min ?? null,
    max: max ?? null,
    mean: finite(mean),
    deviation: finite(deviation),
    quantiles: isNumber && Number(present) > 0 ? await findQuantiles(db, value) : null,
    top: isText || column.type === "boolean" || column.type === "integer" ? await findTop(db, value) : null,
    numberShare: isText && Number(present) > 0 ? Number(numbers) / Number(present) : null,
    dateShare: isText && Number(present) > 0 ? Number(dates) / Number(present) : null,
  };
}

/** A column as SQL, with NaN and infinities as missing and nested values as text. */
export function valueSql(column: Column): string {
  const name = identifier(column.name);
  if (/^(FLOAT|DOUBLE)$/.test(column.duckDbType)) return `CASE WHEN isfinite(${name}) THEN ${name} END`;
  return column.type === "other" ? `CAST(${name} AS VARCHAR)` : name;
}

async function countDistinct(db: DuckDb, value: string): Promise<number> {
  const { distinct } = await db.row(`SELECT count(DISTINCT ${value}) AS "distinct" FROM sampled`);
  return Number(distinct);
}

async function findQuantiles(db: DuckDb, value: string): Promise<{ readonly [name: string]: number }> {
  const shares = Object.values(quantiles);
  const row = await db.row(
    `WITH q AS (SELECT quantile_disc(CAST(${value} AS DOUBLE), [${shares.join(", ")}]) AS list FROM sampled)
     SELECT ${Object.keys(quantiles)
       .map((name, index) => `list[${index + 1}] AS ${name}`)
       .join(", ")} FROM q`,
  );
  return Object.fromEntries(Object.entries(row).map(([name, quantile]) => [name, Number(quantile)]));
}

async function findTop(db: DuckDb, value: string): Promise<readonly ValueCount[]> {
  const rows = await db.rows(
    `SELECT left(CAST(v AS VARCHAR), 100) AS value, rows
     FROM (SELECT ${value} AS v, count(*) AS rows FROM sampled GROUP BY ALL HAVING v IS NOT NULL ORDER BY rows DESC, v LIMIT 10)`,
  );
  return rows.map((row) => ({ value: String(row.value), rows: Number(row.rows) }));
}

function finite(value: Cell | undefined): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
