import { type ColumnType, type RawBuilder, sql } from "kysely";

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
