/** Compares a table with expectations. Every check is made, whatever the others found. */
import type { Column } from "../lib/column-types.ts";
import { type DuckDb, identifier, literal } from "../lib/duckdb.ts";
import { countRows, firstLine, StepError } from "../lib/step.ts";
import type { ColumnExpectation, Expectations } from "./expectations.ts";

export interface Check {
  /** Where the expectation stands in the file, for example `columns.delay.max`. */
  readonly check: string;
  readonly expected: string;
  readonly found: string;
  readonly passed: boolean;
}

export async function checkTable(
  db: DuckDb,
  columns: readonly Column[],
  expectations: Expectations,
  place: string,
): Promise<readonly Check[]> {
  const rows = Number((await db.row("SELECT count(*) AS rows FROM source")).rows);
  const checks = [...checkRows(rows, expectations.rows)];
  for (const [name, expectation] of Object.entries(expectations.columns)) {
    const column = columns.find((candidate) => candidate.name === name);
    if (column === undefined) checks.push(...checkAbsent(name, expectation));
    else checks.push(...(await checkColumn(db, rows, column, expectation, place)));
  }
  return checks;
}

function checkRows(rows: number, expected: Expectations["rows"]): readonly Check[] {
  const { min, max } = expected;
  return [
    ...(min === undefined ? [] : [verdict("rows.min", `at least ${countRows(min)}`, `${rows}`, rows >= min)]),
    ...(max === undefined ? [] : [verdict("rows.max", `at most ${countRows(max)}`, `${rows}`, rows <= max)]),
  ];
}

function checkAbsent(name: string, expectation: ColumnExpectation): readonly Check[] {
  if (expectation.required === false) return [];
  return [verdict(`columns.${name}.required`, "the column", "no such column", false)];
}

async function checkColumn(
  db: DuckDb,
  rows: number,
  column: Column,
  expectation: ColumnExpectation,
  place: string,
): Promise<readonly Check[]> {
  const at = `columns.${column.name}`;
  const checks: Check[] = [verdict(`${at}.required`, "the column", "present", true)];
  const { type, maxMissing, min, max, allowed, pattern, unique } = expectation;
  const hasType = type === undefined || type === column.type || (type === "number" && column.type === "integer");
  if (type !== undefined) checks.push(verdict(`${at}.type`, type, column.type, hasType));

  const value = identifier(column.name);
  const isMissing = column.type === "number" ? `(${value} IS NULL OR isnan(${value}))` : `${value} IS NULL`;
  if (maxMissing !== undefined) {
    const { missing } = await db.row(`SELECT count(*) FILTER (${isMissing}) AS missing FROM source`);
    const share = Number(missing) / rows;
    checks.push(
      verdict(`${at}.maxMissing`, `at most ${percent(maxMissing)} missing`, percent(share), share <= maxMissing),
    );
  }
  if (unique === true) checks.push(await checkUnique(db, `${at}.unique`, value));

  const rules: { check: string; expected: string; breaks: string }[] = [];
  // Bounds of another type would compare as text; the type check has failed already.
  if (min !== undefined && hasType)
    rules.push({ check: "min", expected: `at least ${min}`, breaks: `${value} < ${bound(column, min)}` });
  if (max !== undefined && hasType)
    rules.push({ check: "max", expected: `at most ${max}`, breaks: `${value} > ${bound(column, max)}` });
  if (allowed !== undefined) {
    const shown = allowed.length > 10 ? `one of ${allowed.length} values` : `one of ${allowed.join(", ")}`;
    rules.push({ check: "allowed", expected: shown, breaks: isNotIn(column, allowed) });
  }
  if (pattern !== undefined) {
    const breaks = `NOT regexp_matches(CAST(${value} AS VARCHAR), ${literal(pattern)})`;
    rules.push({ check: "pattern", expected: `texts like ${pattern}`, breaks });
  }
  for (const { check, expected, breaks } of rules) {
    checks.push(await checkRule(db, `${at}.${check}`, expected, value, `NOT ${isMissing} AND ${breaks}`, place));
  }
  return checks;
}

async function checkUnique(db: DuckDb, check: string, value: string): Promise<Check> {
  const repeated = await db.rows(
    `SELECT CAST(${value} AS VARCHAR) AS value, count(*) AS times FROM source WHERE ${value} IS NOT NULL
     GROUP BY ${value} HAVING count(*) > 1 ORDER BY times DESC, value LIMIT 4`,
  );
  const shown = repeated.slice(0, 3).map((row) => `${row.value} (${row.times} times)`);
  const found =
    repeated.length === 0
      ? "no repeated value"
      : `repeated values: ${shown.join(", ")}${repeated.length > 3 ? ", …" : ""}`;
  return verdict(check, "every value once", found, repeated.length === 0);
}

async function checkRule(
  db: DuckDb,
  check: string,
  expected: string,
  value: string,
  breaks: string,
  place: string,
): Promise<Check> {
  try {
    const { broken, examples } = await db.row(
      `SELECT count(*) AS broken,
         (SELECT string_agg(example, ', ') FROM
           (SELECT DISTINCT CAST(${value} AS VARCHAR) AS example FROM source WHERE ${breaks} ORDER BY example LIMIT 3)) AS examples
       FROM source WHERE ${breaks}`,
    );
    if (broken === 0) return verdict(check, expected, "no other value", true);
    return verdict(check, expected, `${countRows(Number(broken))} with other values, such as ${examples}`, false);
  } catch (error) {
    const found = firstLine(error instanceof Error ? error.message : String(error));
    throw new StepError(
      `${place} ${check}: expected a value that fits the column, found ${found}; change the expectation`,
    );
  }
}

function bound(column: Column, value: number | string): string {
  return `CAST(${literal(value)} AS ${column.type === "integer" ? "DOUBLE" : column.duckDbType})`;
}

function isNotIn(column: Column, allowed: readonly (string | number | boolean)[]): string {
  const type = column.type === "integer" || column.type === "number" ? "DOUBLE" : "VARCHAR";
  const values = allowed.map((value) => `CAST(${literal(value)} AS ${type})`);
  return `CAST(${identifier(column.name)} AS ${type}) NOT IN (${values.join(", ")})`;
}

function verdict(check: string, expected: string, found: string, passed: boolean): Check {
  return { check, expected, found, passed };
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))}%`;
}
