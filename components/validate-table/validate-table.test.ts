import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readComponent } from "../lib/testing/component-folder.ts";
import { type ComponentRun, runComponent } from "../lib/testing/run-component.ts";
import { createTemporaryFiles } from "../lib/testing/temporary-files.ts";

const component = readComponent(import.meta.dirname);
const fixture = (name: string) => join(import.meta.dirname, "fixtures", name);
const files = createTemporaryFiles();
afterAll(() => files.remove());

function validate(table: string, expectations: string): Promise<ComponentRun> {
  const inputs = { table, expectations: files.write("expectations.yaml", expectations) };
  return runComponent(component, {
    inputs,
    metadata: { table: { rows: 4 }, expectations: { path: "expectations.yaml" } },
  });
}

async function failedChecks(table: string, expectations: string): Promise<readonly string[]> {
  using run = await validate(files.write("table.csv", table), expectations);
  const lines = run.stderr.trimEnd().split("\n");
  return lines.slice(1).map((line) => line.trim());
}

describe("validate-table", () => {
  it("passes a table on byte for byte, with its metadata", async () => {
    using run = await validate(fixture("flights.csv"), readFileSync(fixture("expectations.yaml"), "utf8"));
    expect(run.stderr).toBe("");
    expect(readFileSync(run.outputPath("table") ?? "")).toEqual(readFileSync(fixture("flights.csv")));
    expect(run.metadata).toEqual({ table: { rows: 4, checks: 20 }, report: { checks: 20, failed: 0 } });
    expect(run.readJson("report")).toMatchObject({ passed: true, failed: 0 });
  });

  it("lists everything that is not as expected, and writes the report although it fails", async () => {
    using run = await validate(fixture("broken.csv"), readFileSync(fixture("expectations.yaml"), "utf8"));
    expect(run.stderr).toBe(
      [
        "error: input table: expected what expectations.yaml says, found 6 failed checks; fix the data or change expectations.yaml",
        "  columns.date.min: expected at least 2001-01-01, found 1 row with other values, such as 2000-12-31 23:50:00",
        "  columns.delay.maxMissing: expected at most 30% missing, found 50%",
        "  columns.delay.max: expected at most 2000, found 1 row with other values, such as 4000",
        "  columns.origin.pattern: expected texts like ^[A-Z]{3}$, found 1 row with other values, such as bna",
        "  columns.carrier.required: expected the column, found no such column",
        "  columns.flight.unique: expected every value once, found repeated values: AA1-0101 (2 times)",
        "",
      ].join("\n"),
    );
    expect({ exitCode: run.exitCode, table: run.outputPath("table") }).toEqual({ exitCode: 1, table: null });
    expect(run.readJson("report")).toMatchObject({ passed: false, failed: 6 });
  });

  it.each([
    ["too few rows", "a\n1\n", "rows: { min: 2 }", "rows.min: expected at least 2 rows, found 1"],
    ["too many rows", "a\n1\n2\n", "rows: { max: 1 }", "rows.max: expected at most 1 row, found 2"],
    [
      "another type",
      "a\nx\n",
      "columns: { a: { type: number, min: 1 } }",
      "columns.a.type: expected number, found string",
    ],
    [
      "a value that is not allowed",
      "a\n1\n2\n3\n",
      "columns: { a: { allowed: [1, 2.0] } }",
      "columns.a.allowed: expected one of 1, 2, found 1 row with other values, such as 3",
    ],
    [
      "a boolean that is not allowed",
      "a\ntrue\nfalse\n",
      "columns: { a: { allowed: [true] } }",
      "columns.a.allowed: expected one of true, found 1 row with other values, such as false",
    ],
    [
      "a number below",
      "a\n-1.5\n2\n",
      "columns: { a: { min: 0 } }",
      "columns.a.min: expected at least 0, found 1 row with other values, such as -1.5",
    ],
  ])("finds %s", async (_, table, expectations, found) => {
    expect(await failedChecks(table, expectations)).toEqual([found]);
  });

  it.each([
    ["a whole number where a number is expected", "a\n1\n", "columns: { a: { type: number } }"],
    [
      "missing values beside allowed ones",
      "a,b\nx,1\n,2\n",
      "columns: { a: { allowed: [x], pattern: '^x$', unique: true } }",
    ],
    ["a column that may be absent", "a\n1\n", "columns: { b: { required: false, type: string } }"],
    ["a share that is just reached", "a,b\n,1\n1,1\n", "columns: { a: { maxMissing: 0.5 } }"],
  ])("accepts %s", async (_, table, expectations) => {
    expect(await failedChecks(table, expectations)).toEqual([]);
  });

  it("reports every mistake in the expectations at once", async () => {
    using run = await validate(
      fixture("flights.csv"),
      "row: { min: 1 }\ncolumns:\n  delay: { typ: number, maxMissing: 5, unique: yes please }\n  origin: string\n",
    );
    expect(run.stderr).toBe(
      [
        "error: expectations.yaml: expected one of rows, columns, found `row`; did you mean `rows`?",
        "  columns.delay: expected one of type, required, maxMissing, min, max, allowed, pattern, unique, found `typ`; did you mean `type`?",
        "  columns.delay.maxMissing: expected a share between 0 and 1, found 5; change the value",
        '  columns.delay.unique: expected true or false, found "yes please"; change the value',
        '  columns.origin: expected a map, found "string"; write `key: value` lines',
        "",
      ].join("\n"),
    );
  });

  it.each([
    [
      "broken YAML",
      "columns: { a: [",
      /^error: expectations\.yaml: expected YAML, found .* at line 1, column \d+.*; fix the file\n$/,
    ],
    [
      "a pattern that is none",
      "columns: { origin: { pattern: '[A-Z' } }",
      /^error: expectations\.yaml columns\.origin\.pattern: expected a value that fits the column, found Invalid Input Error: missing \]: \[A-Z; change the expectation\n$/,
    ],
    [
      "a bound that is no date",
      "columns: { date: { min: soon } }",
      /^error: expectations\.yaml columns\.date\.min: expected a value that fits the column, found .*soon.*; change the expectation\n$/,
    ],
  ])("refuses %s", async (_, expectations, message) => {
    using run = await validate(fixture("flights.csv"), expectations);
    expect(run.stderr).toMatch(message);
    expect(run.exitCode).toBe(1);
  });
});
