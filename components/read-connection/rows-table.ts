/*
 * Rows of a database on their way to Parquet: first as the texts that the database wrote, then cast by DuckDB to the type
 * that each column has there. What would not survive that unchanged is an error.
 */
import type { DuckDBAppender } from "@duckdb/node-api";
import { type DuckDb, identifier, literal } from "../lib/duckdb.ts";
import { ConnectionFailure, firstLine } from "./failure.ts";
import type { Meter } from "./limits.ts";

export interface DatabaseColumn {
  readonly name: string;
  /** As its database names it. */
  readonly databaseType: string;
  /** DuckDB's; `numeric` where digits are found by looking, `bytes` where the text is hexadecimal. */
  readonly type: string;
}

export type TextRow = readonly (string | null)[];

/** Keeps rows under the name `source`; memory stays bounded, DuckDB spills to the step's own disk. */
export class RowsTable {
  readonly #db: DuckDb;
  readonly #meter: Meter;
  readonly columns: readonly DatabaseColumn[];
  #appender: DuckDBAppender;

  private constructor(db: DuckDb, meter: Meter, columns: readonly DatabaseColumn[], appender: DuckDBAppender) {
    this.#db = db;
    this.#meter = meter;
    this.columns = columns;
    this.#appender = appender;
  }

  static async create(db: DuckDb, meter: Meter, columns: readonly DatabaseColumn[]): Promise<RowsTable> {
    assertNames(columns.map(({ name }) => name));
    await db.run(`CREATE TEMP TABLE texts (${columns.map((_, at) => `c${at} VARCHAR`).join(", ")})`);
    return new RowsTable(db, meter, columns, await db.connection.createAppender("texts"));
  }

  add(rows: readonly TextRow[]): void {
    let bytes = 0;
    for (const row of rows) {
      for (const text of row) {
        bytes += text?.length ?? 0;
        if (text === null) this.#appender.appendNull();
        else this.#appender.appendVarchar(text);
      }
      this.#appender.endRow();
    }
    this.#meter.take(rows.length, bytes);
    this.#appender.flushSync();
  }

  /** A SELECT that gives the rows with their types. */
  async finish(): Promise<string> {
    this.#appender.closeSync();
    const parts: string[] = [];
    for (const [at, column] of this.columns.entries())
      parts.push(`${await this.#typed(`c${at}`, column)} AS ${identifier(column.name)}`);
    return `SELECT ${parts.join(", ")} FROM texts`;
  }

  async #typed(text: string, column: DatabaseColumn): Promise<string> {
    if (column.type === "VARCHAR") return text;
    if (column.type === "bytes") return `unhex(regexp_replace(${text}, '^\\\\x', ''))`;
    const type = column.type === "numeric" ? await this.#decimalOf(text, column) : column.type;
    await this.#assertFits(text, type, column);
    return `CAST(${text} AS ${type})`;
  }

  /** The narrowest scale of 38 digits that holds every value. */
  async #decimalOf(text: string, column: DatabaseColumn): Promise<string> {
    const { digits, scale } = await this.#db.row(
      `SELECT coalesce(max(length(regexp_extract(${text}, '^-?(\\d+)', 1))), 1) AS digits, coalesce(max(length(regexp_extract(${text}, '\\.(\\d+)$', 1))), 0) AS scale FROM texts`,
    );
    if (Number(digits) + Number(scale) <= 38) return `DECIMAL(38, ${scale})`;
    throw unfit(
      column,
      `values of ${digits} digits before and ${scale} after the point, and Parquet's decimals have 38 in all`,
      "CAST it to numeric(38, s) or to a double in the query",
    );
  }

  async #assertFits(text: string, type: string, column: DatabaseColumn): Promise<void> {
    const { found } = await this.#db.row(
      `SELECT (SELECT ${text} FROM texts WHERE ${text} IS NOT NULL AND (TRY_CAST(${text} AS ${type}) IS NULL OR ${neverEnding(text, type)}) LIMIT 1) AS found`,
    );
    if (found !== null)
      throw unfit(
        column,
        `the value ${String(found).slice(0, 80)}, which Parquet's ${type} does not hold`,
        `leave it out or change it in the query, such as NULLIF(${column.name}, ${literal(String(found).slice(0, 40))})`,
      );
  }
}

/** Dates without an end are one in PostgreSQL, and a wrong number in Parquet. */
const neverEnding = (text: string, type: string): string =>
  /^(DATE|TIMESTAMP)/.test(type) ? `${text} ILIKE '%infinity'` : "false";

export const unfit = ({ name, databaseType }: DatabaseColumn, found: string, fix: string): ConnectionFailure =>
  new ConnectionFailure("type", `column ${name} (${databaseType}) has ${found}`, fix);

/** For types that have no exact counterpart. */
export const noType = ({ name, databaseType }: Omit<DatabaseColumn, "type">, cast: string): ConnectionFailure =>
  new ConnectionFailure(
    "type",
    `column ${name} is of the type ${databaseType}, which has no exact type in Parquet`,
    `say what it shall be in the query: ${cast}`,
  );

function assertNames(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    const key = name.toLowerCase();
    if (name === "" || name === "?column?")
      throw new ConnectionFailure("query", "a column of the query has no name", "name it: `… AS name`");
    if (seen.has(key))
      throw new ConnectionFailure(
        "query",
        `two columns of the query are called ${name}`,
        "name one of them otherwise: `… AS name`",
      );
    seen.add(key);
  }
}

export const describeUnknown = (error: unknown): string =>
  firstLine(error instanceof Error ? error.message : String(error));
