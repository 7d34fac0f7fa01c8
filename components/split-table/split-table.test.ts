import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, describe, expect, it } from "vitest";
import { type Params, readComponent } from "../lib/testing/component-folder.ts";
import { type ComponentRun, runComponent } from "../lib/testing/run-component.ts";
import { createTemporaryFiles } from "../lib/testing/temporary-files.ts";

const component = readComponent(import.meta.dirname);
const files = createTemporaryFiles();
afterAll(() => files.remove());

const table = files.write(
  "table.csv",
  `id,day,kind,rare\n${Array.from({ length: 1000 }, (_, i) => `${i},2001-01-${String((i % 28) + 1).padStart(2, "0")},${i % 4 === 0 ? "a" : "b"},${i < 10 ? 1 : 0}`).join("\n")}\n`,
);

function split(params: Params, source = table): Promise<ComponentRun> {
  return runComponent(component, { inputs: { table: source }, params });
}

async function idsOf(run: ComponentRun, port: string): Promise<readonly number[]> {
  expect(run.stderr).toBe("");
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const reader = await connection.runAndReadAll(
    `SELECT CAST(id AS INTEGER) AS id FROM read_parquet('${run.outputPath(port)}')`,
  );
  return reader.getRowObjectsJS().map((row) => Number(row.id));
}

function digestOf(run: ComponentRun, port: string): string {
  return createHash("sha256")
    .update(readFileSync(run.outputPath(port) ?? ""))
    .digest("hex");
}

describe("split-table", () => {
  it("draws the asked share, every row once, in the order of the table", async () => {
    using run = await split({ test: 0.2, seed: 7 });
    const [train, test] = [await idsOf(run, "train"), await idsOf(run, "test")];
    expect([train.length, test.length]).toEqual([800, 200]);
    expect([...train, ...test].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect(train).toEqual(train.toSorted((a, b) => a - b));
    // Drawn from everywhere: each quarter of the table gives about a quarter of the test.
    const quarters = [0, 1, 2, 3].map((quarter) => test.filter((id) => Math.floor(id / 250) === quarter).length);
    expect(Math.min(...quarters)).toBeGreaterThan(30);
  });

  it("draws the same rows for the same seed, others for another", async () => {
    using first = await split({ seed: 7 });
    using again = await split({ seed: 7 });
    using other = await split({ seed: 8 });
    expect(digestOf(again, "test")).toBe(digestOf(first, "test"));
    expect(digestOf(again, "train")).toBe(digestOf(first, "train"));
    expect(digestOf(other, "test")).not.toBe(digestOf(first, "test"));
  });

  it("gives every class its share, and a rare one at least one row on each side", async () => {
    using run = await split({ test: 0.05, seed: 3, target: "rare" });
    expect(run.metadata.test).toMatchObject({
      rows: 51,
      target: "rare",
      classes: [
        { class: "0", rows: 50 },
        { class: "1", rows: 1 },
      ],
    });
    expect(run.metadata.train).toMatchObject({ rows: 949, classes: [{ rows: 940 }, { rows: 9 }] });
  });

  it("cuts by time without tearing an instant apart, and says from when to when", async () => {
    using run = await split({ by: "day", test: 0.25, target: "kind" });
    expect(run.metadata).toMatchObject({
      train: { rows: 755, share: 0.755, by: "day", from: "2001-01-01", to: "2001-01-21" },
      test: { rows: 245, share: 0.245, by: "day", from: "2001-01-22", to: "2001-01-28" },
    });
  });

  it.each([
    [
      "a share of 0",
      { test: 0 },
      "param test: expected a share between 0 and 1, both excluded, found 0; use for example 0.2",
    ],
    [
      "a share of 1",
      { test: 1 },
      "param test: expected a share between 0 and 1, both excluded, found 1; use for example 0.2",
    ],
    [
      "a column that is not there",
      { by: "dya" },
      "input table (param by): expected a column `dya`, found id, day, kind, rare; did you mean `day`?",
    ],
    [
      "a target that is not there",
      { target: "x" },
      "input table (param target): expected a column `x`, found id, day, kind, rare; name one of these columns",
    ],
    [
      "a test with one class only",
      { by: "id", test: 0.5, target: "rare" },
      "output test: expected at least two classes of rare, found only 0; use another share, or split without `by: id`",
    ],
  ])("refuses %s", async (_, params, message) => {
    using run = await split(params);
    expect(run.stderr).toBe(`error: ${message}\n`);
    expect(run.exitCode).toBe(1);
  });

  it.each([
    [
      "one instant alone",
      "t,y\n5,0\n5,1\n5,0\n",
      { by: "t" },
      "output train: expected at least one row, found an empty part; use another share, or split without `by: t`",
    ],
    [
      "one row",
      "t,y\n5,0\n",
      {},
      "output test: expected at least one row, found an empty part; use more rows or another share",
    ],
    [
      "a time that is missing",
      "t,y\n5,0\n,1\n",
      { by: "t" },
      "input table column t: expected a time in every row, found 1 row without one; leave those rows out in the SQL of the ingest step",
    ],
    [
      "a target that is missing",
      "t,y\n5,0\n6,\n",
      { target: "y" },
      "input table column y: expected a value in every row of the target, found 1 row without one; leave those rows out in the SQL of the ingest step",
    ],
  ])("refuses a table with %s", async (_, content, params, message) => {
    using run = await split(params, files.write("small.csv", content));
    expect(run.stderr).toBe(`error: ${message}\n`);
  });
});
