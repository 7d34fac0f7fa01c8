/** Parts of the test table that are judged by themselves: a model can be good on the whole and bad for an airport. */
import type { Column } from "../lib/column-types.ts";
import { type DuckDb, identifier, literal } from "../lib/duckdb.ts";
import { failMissingColumn } from "../lib/table-problems.ts";
import type { Scores } from "./score.ts";
import { groupScores, rocAuc, rocAucInterval } from "./score-groups.ts";

export interface SliceColumn {
  readonly column: string;
  /** SQL that gives the name of the slice a row is in; never null. */
  readonly expression: string;
}

export interface Slice {
  readonly value: string;
  readonly rows: number;
  readonly positiveRate: number;
  readonly predictedMean: number;
  /** Null where one class is absent. */
  readonly rocAuc: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

const maxValues = 20;
const maxColumns = 5;

/** The columns that were asked for, or the first few with 2 to 20 values when none was. */
export async function chooseSlices(
  db: DuckDb,
  asked: readonly string[],
  columns: readonly Column[],
  target: string,
  place: string,
): Promise<readonly SliceColumn[]> {
  const names = columns.map((column) => column.name);
  const unknown = asked.find((name) => !names.includes(name));
  if (unknown !== undefined) failMissingColumn(`${place} (param slices)`, unknown, names);
  if (asked.length > 0) {
    const chosen = asked.flatMap((name) => columns.filter((column) => column.name === name));
    return Promise.all(chosen.map((column) => sliceColumn(db, column)));
  }

  const candidates = columns.filter((column) => isCategory(column, target));
  if (candidates.length === 0) return [];
  const counts = await db.row(
    `SELECT ${candidates.map(({ name }, index) => `approx_count_distinct(${identifier(name)}) AS "${index}"`).join(", ")} FROM source`,
  );
  const chosen = candidates.filter((_, index) => Number(counts[index]) >= 2 && Number(counts[index]) <= maxValues);
  return Promise.all(chosen.slice(0, maxColumns).map((column) => sliceColumn(db, column)));
}

export function judgeSlices(scores: Scores, slice: number): readonly Slice[] {
  const rowsByValue = new Map<string, number[]>();
  for (const [row, value] of (scores.slices[slice] ?? []).entries()) {
    const rows = rowsByValue.get(value);
    if (rows === undefined) rowsByValue.set(value, [row]);
    else rows.push(row);
  }
  return [...rowsByValue]
    .map(([value, rows]) => judge(value, rows, scores))
    .sort((a, b) => b.rows - a.rows || a.value.localeCompare(b.value));
}

function isCategory(column: Column, target: string): boolean {
  return column.name !== target && ["string", "boolean", "integer"].includes(column.type);
}

async function sliceColumn(db: DuckDb, column: Column): Promise<SliceColumn> {
  const name = identifier(column.name);
  const common = await db.rows(
    `SELECT CAST(${name} AS VARCHAR) AS value FROM source WHERE ${name} IS NOT NULL GROUP BY ${name} ORDER BY count(*) DESC, ${name} LIMIT ${maxValues + 1}`,
  );
  if (common.length > maxValues && (column.type === "number" || column.type === "integer")) {
    return { column: column.name, expression: await quarters(db, name) };
  }
  const values = common.slice(0, maxValues).map((row) => literal(row.value ?? null));
  const isCommon = values.length === 0 ? "false" : `CAST(${name} AS VARCHAR) IN (${values.join(", ")})`;
  const expression = `CASE WHEN ${name} IS NULL THEN '(missing)' WHEN ${isCommon} THEN CAST(${name} AS VARCHAR) ELSE '(other)' END`;
  return { column: column.name, expression };
}

/** A number with many values is cut at its quartiles. */
async function quarters(db: DuckDb, name: string): Promise<string> {
  const row = await db.row(
    `SELECT quantile_disc(${name}, 0.25) AS a, quantile_disc(${name}, 0.5) AS b, quantile_disc(${name}, 0.75) AS c FROM source`,
  );
  const [a, b, c] = [row.a ?? null, row.b ?? null, row.c ?? null];
  return (
    `CASE WHEN ${name} IS NULL THEN '(missing)' WHEN ${name} <= ${literal(a)} THEN 'up to ${a}' ` +
    `WHEN ${name} <= ${literal(b)} THEN 'up to ${b}' WHEN ${name} <= ${literal(c)} THEN 'up to ${c}' ELSE 'over ${c}' END`
  );
}

function judge(value: string, rows: readonly number[], scores: Scores): Slice {
  const probability = Float64Array.from(rows, (row) => scores.probability[row] ?? 0);
  const actual = Uint8Array.from(rows, (row) => scores.actual[row] ?? 0);
  const groups = groupScores(probability, actual);
  const hasBoth = groups.positiveCount > 0 && groups.negativeCount > 0;
  const interval = hasBoth ? rocAucInterval(groups) : { low: null, high: null };
  return {
    value,
    rows: rows.length,
    positiveRate: groups.positiveCount / rows.length,
    predictedMean: probability.reduce((sum, p) => sum + p, 0) / rows.length,
    rocAuc: hasBoth ? rocAuc(groups) : null,
    ...interval,
  };
}
