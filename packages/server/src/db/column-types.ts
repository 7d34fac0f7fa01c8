/*
 * How values travel between PostgreSQL and JavaScript: bigint and numeric as number, timestamptz as Date, date as
 * `YYYY-MM-DD`, jsonb parsed. The one place where this is decided.
 */
import { type ColumnType, type RawBuilder, sql } from "kysely";
import pg from "pg";

declare const jsonText: unique symbol;

/** What a jsonb column accepts: only {@link json} makes it, because the driver would send an array as an SQL array. */
export interface JsonInput {
  readonly [jsonText]: true;
}

/** A jsonb column is `unknown` when read: check it, or say which type was written there. */
export type JsonColumn = ColumnType<unknown, JsonInput, JsonInput>;

/** A timestamptz column. */
export type Timestamp = ColumnType<Date, Date | string, Date | string>;

/** A column with a default, which an insert may leave out. */
export type Generated<T> =
  T extends ColumnType<infer Select, infer Insert, infer Update>
    ? ColumnType<Select, Insert | undefined, Update>
    : ColumnType<T, T | undefined, T>;

/** A value for a jsonb column: `insertInto("runs").values({ vars: json(vars) })`. */
export function json(value: unknown): RawBuilder<JsonInput> {
  return sql<JsonInput>`${JSON.stringify(value)}::jsonb`;
}

/** `Number.MAX_SAFE_INTEGER` is the limit; a larger bigint fails its query rather than lose digits. */
function parseInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} is too large for a number`);
  return value;
}

const asIs = (text: string): string => text;
const textArrayOid: number = 1009;
const parseTextArray: (text: string) => readonly (string | null)[] = pg.types.getTypeParser(
  textArrayOid as typeof pg.types.TypeId.TEXT,
);
const arrayOf =
  <T>(parse: (text: string) => T) =>
  (text: string) =>
    parseTextArray(text).map((item) => (item === null ? null : parse(item)));

const parsers = new Map<number, (text: string) => unknown>([
  [20, parseInteger],
  [1016, arrayOf(parseInteger)],
  [1700, Number],
  [1231, arrayOf(Number)],
  [1082, asIs],
  [1182, arrayOf(asIs)],
]);

/** The `types` option of every `pg` client in Pave. */
export const columnTypes: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: "text" | "binary") =>
    (format === "binary" ? undefined : parsers.get(oid)) ??
    pg.types.getTypeParser(oid, format as "text")) as pg.CustomTypesConfig["getTypeParser"],
};
