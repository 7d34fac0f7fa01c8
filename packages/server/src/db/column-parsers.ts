/*
 * How values come from PostgreSQL to JavaScript: bigint and numeric as number, timestamptz as Date, date as `YYYY-MM-DD`,
 * jsonb parsed. The one place where this is decided.
 */
import pg from "pg";

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
export const columnParsers: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: "text" | "binary") =>
    (format === "binary" ? undefined : parsers.get(oid)) ??
    pg.types.getTypeParser(oid, format as "text")) as pg.CustomTypesConfig["getTypeParser"],
};
