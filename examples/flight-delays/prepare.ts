import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

/**
 * Draws two tables from the published flights: `flights.parquet`, about `rows` of those before June, and `later.parquet`, about
 * `laterRows` of those of June in the order in which they left.
 *
 * A flight is drawn by the MD5 of its own values and the seed, so the same rows come out whatever the threads, the order of the
 * file or DuckDB's version; more rows with the same seed contain the fewer. Flights that are alike in every column (191 of
 * 3,000,000) are drawn together.
 */
export async function prepareFlights(options: PrepareFlights): Promise<PreparedFlights> {
  await mkdir(options.outFolder, { recursive: true });
  const instance = await DuckDBInstance.create(":memory:");
  const db = await instance.connect();
  const source = `read_parquet(${literal(options.parquet)})`;

  const draw = async (name: string, condition: string, wanted: number): Promise<PreparedTable> => {
    const path = join(options.outFolder, name);
    const population = await count(db, `SELECT count(*) FROM ${source} WHERE ${condition}`);
    const query = `SELECT ${columns} FROM ${source} WHERE ${condition} AND ${isDrawn(options.seed ?? 7, wanted / population)} ORDER BY ALL`;
    await db.run(`COPY (${query}) TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd)`);
    return { path, rows: await count(db, `SELECT count(*) FROM read_parquet(${literal(path)})`) };
  };

  try {
    return {
      flights: await draw("flights.parquet", "date < TIMESTAMP '2001-06-01'", options.rows),
      later: await draw("later.parquet", "date >= TIMESTAMP '2001-06-01'", options.laterRows ?? 20_000),
    };
  } finally {
    db.closeSync();
    instance.closeSync();
  }
}

export interface PrepareFlights {
  /** The published file. */
  readonly parquet: string;
  readonly outFolder: string;
  readonly rows: number;
  readonly laterRows?: number;
  readonly seed?: number;
}

export interface PreparedTable {
  readonly path: string;
  readonly rows: number;
}

export interface PreparedFlights {
  readonly flights: PreparedTable;
  readonly later: PreparedTable;
}

const columns = "date, delay, distance, origin, destination";

/** The first 13 hex digits of the hash as a share of all there are: 52 bits, which a number holds exactly. */
function isDrawn(seed: number, share: number): string {
  const threshold = Math.min(16 ** 13, Math.round(share * 16 ** 13));
  const hexadecimal = threshold.toString(16).padStart(13, "0");
  return `left(md5(concat_ws('|', ${seed}, ${columns})), 13) < ${literal(hexadecimal)}`;
}

async function count(db: Awaited<ReturnType<DuckDBInstance["connect"]>>, query: string): Promise<number> {
  const reader = await db.runAndReadAll(query);
  return Number(reader.value(0, 0));
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
