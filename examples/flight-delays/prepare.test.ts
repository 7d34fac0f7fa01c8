import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type PreparedFlights, prepareFlights } from "./prepare.ts";

const parquet = fileURLToPath(new URL("../../node_modules/vega-datasets/data/flights-3m.parquet", import.meta.url));

let folder = "";
let flights: PreparedFlights;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flights-"));
  flights = await prepareFlights({ parquet, outFolder: join(folder, "first"), rows: 20_000, laterRows: 1_000 });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test("draws about as many rows as asked for, each from its own months, in the order in which they left", async () => {
  expect(Math.abs(flights.flights.rows - 20_000)).toBeLessThan(600);
  expect(Math.abs(flights.later.rows - 1_000)).toBeLessThan(130);
  expect(await query(`SELECT max(date) < '2001-06-01' FROM '${flights.flights.path}'`)).toEqual([[true]]);
  expect(await query(`SELECT min(date) >= '2001-06-01' FROM '${flights.later.path}'`)).toEqual([[true]]);
  const unordered = `SELECT count(*) FROM (SELECT date < lag(date) OVER () AS back FROM '${flights.later.path}') WHERE back`;
  expect(await query(unordered)).toEqual([["0"]]);
});

test("draws the same rows every time, and other rows with another seed", async () => {
  expect(
    await query(`SELECT md5(string_agg(md5(concat_ws('|', *COLUMNS(*))), '')) FROM '${flights.later.path}'`),
  ).toEqual([[laterDigest]]);

  const again = await prepareFlights({ parquet, outFolder: join(folder, "again"), rows: 20_000, laterRows: 1_000 });
  expect(await query(`FROM '${flights.flights.path}' EXCEPT ALL FROM '${again.flights.path}'`)).toEqual([]);

  const other = await prepareFlights({
    parquet,
    outFolder: join(folder, "other"),
    rows: 20_000,
    laterRows: 1_000,
    seed: 8,
  });
  const shared = await query(
    `SELECT count(*) FROM (FROM '${flights.later.path}' INTERSECT ALL FROM '${other.later.path}')`,
  );
  expect(Number(shared[0]?.[0])).toBeLessThan(50);
});

test("more rows with the same seed contain the fewer", async () => {
  const more = await prepareFlights({ parquet, outFolder: join(folder, "more"), rows: 40_000, laterRows: 1_000 });
  expect(await query(`FROM '${flights.flights.path}' EXCEPT ALL FROM '${more.flights.path}'`)).toEqual([]);
});

const laterDigest = "3f58b84ac676431a6259f184cb140a9e";

async function query(sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(":memory:");
  const db = await instance.connect();
  try {
    return (await db.runAndReadAll(sql)).getRowsJson();
  } finally {
    db.closeSync();
    instance.closeSync();
  }
}
