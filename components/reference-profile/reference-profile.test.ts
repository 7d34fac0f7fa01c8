import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { ProfileBuilder, type ReferenceProfile, referenceProfileSchema } from "@pave/contract/drift";
import { afterAll, describe, expect, it } from "vitest";
import { readComponent } from "../lib/testing/component-folder.ts";
import { type ComponentRun, runComponent } from "../lib/testing/run-component.ts";
import { createTemporaryFiles } from "../lib/testing/temporary-files.ts";

const component = readComponent(import.meta.dirname);
const model = join(import.meta.dirname, "../evaluate-classifier/fixtures/model");
const test = join(import.meta.dirname, "../evaluate-classifier/fixtures/test.csv");
const files = createTemporaryFiles();
afterAll(() => files.remove());

const features = { x: "double", n: "long", place: "string", late: "boolean" };

async function profile(inputs: Record<string, string>, params: Record<string, unknown> = { features }) {
  using run: ComponentRun = await runComponent(component, { inputs, params });
  expect(run.stderr).toBe("");
  const notes = (run.metadata.profile as { notes?: string[] }).notes ?? [];
  return { profile: referenceProfileSchema.parse(run.readJson("profile")), notes };
}

/** A table made by DuckDB, and its rows as they would come to an endpoint. */
async function parquet(name: string, select: string) {
  const path = join(files.folder, name);
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run(`COPY (${select}) TO '${path}' (FORMAT parquet)`);
  const reader = await connection.runAndReadAll(`FROM '${path}'`);
  const rows = reader.getRowObjectsJS() as Record<string, unknown>[];
  return { path, rows };
}

const withoutMoments = ({ columns }: ReferenceProfile) =>
  columns.map((column) => (column.kind === "numeric" ? { ...column, moments: null, center: 0, unit: 1 } : column));

describe("reference-profile", () => {
  it("makes of a Parquet file what counting its rows one by one makes", async () => {
    const { path, rows } = await parquet(
      "t.parquet",
      `SELECT CASE WHEN i % 9 = 0 THEN NULL WHEN i % 9 = 1 THEN 'nan'::DOUBLE WHEN i % 9 < 4 THEN 0 ELSE sin(i) * exp(i % 7) END AS x,
        (i * 7919) % 1000 AS n, ['ATL', 'ORD', 'LAX', 'one of ' || (i // 40)][1 + (i * 31 + i // 7) % 4] AS place, i % 5 = 0 AS late
       FROM range(5000) t(i)`,
    );
    const builder = new ProfileBuilder([
      { name: "x", kind: "numeric" },
      { name: "n", kind: "numeric" },
      { name: "place", kind: "categorical" },
      { name: "late", kind: "boolean" },
    ]);
    for (const row of rows) builder.add(row);
    const expected = builder.build();
    const { profile: found } = await profile({ table: path });

    expect(withoutMoments(found)).toEqual(withoutMoments(expected));
    for (const [index, column] of found.columns.entries()) {
      const same = expected.columns[index];
      if (column.kind !== "numeric" || same?.kind !== "numeric") continue;
      expect(column.moments?.count).toBe(same.moments?.count);
      for (const name of ["mean", "m2", "min", "max"] as const)
        expect(Math.abs((column.moments?.[name] ?? 0) - (same.moments?.[name] ?? 1))).toBeLessThan(
          1e-9 * Math.max(1, same.moments?.m2 ?? 0),
        );
    }
  });

  it("takes a sample of a long table, and quantiles of what is left", async () => {
    const { path } = await parquet("long.parquet", "SELECT i AS x FROM range(250000) t(i)");
    const { profile: found, notes } = await profile({ table: path }, { features: { x: "double" }, rows: 150_000 });
    const [x] = found.columns;
    expect(x?.flags).toEqual(["sampled"]);
    expect(Math.abs(found.rows - 150_000)).toBeLessThan(3000);
    expect(notes.slice(0, 1)).toEqual([expect.stringMatching(/^a sample of \d+ rows from 250000 rows$/)]);
    const counts = x?.counts ?? [];
    for (const count of counts.slice(1, -1)) expect(Math.abs(count - found.rows / 10)).toBeLessThan(found.rows / 200);
  });

  it("flags what cannot be compared, and fails for none of it", async () => {
    const { path } = await parquet(
      "odd.parquet",
      "SELECT 7.5 AS constant, NULL::DOUBLE AS nothing, 'id ' || i AS id, 'text' AS words FROM range(400) t(i)",
    );
    const { profile: found, notes } = await profile(
      { table: path },
      {
        features: { constant: "double", nothing: "float", id: "string", words: "double", absent: "string" },
      },
    );
    expect(Object.fromEntries(found.columns.map(({ name, flags }) => [name, flags]))).toEqual({
      constant: ["constant"],
      nothing: ["all-missing"],
      id: ["many-distinct"],
      words: ["all-missing"],
      absent: ["all-missing"],
    });
    expect(notes[0]).toBe("the reference has no column absent");
    const { profile: short } = await profile(
      { table: files.write("short.csv", "x,n,place,late\n1,2,a,true\n") },
      { features },
    );
    expect(short.columns.map(({ flags }) => flags.includes("too-few-rows"))).toEqual([true, true, true, true]);
  });

  it("scores rows as an endpoint does, held-out ones where there are some", async () => {
    const table = files.write("train.csv", "origin,hour,distance,wind,late\nJFK,10,1930.4,,False\nORD,,1,2,True\n");
    const signature = { origin: "string" };
    const held = await profile({ table, test, model }, { features: signature });
    expect([held.profile.rows, held.profile.prediction?.rows, held.notes]).toEqual([2, 500, []]);
    const { profile: own, notes } = await profile({ table, model }, { features: signature });
    expect(own.prediction?.rows).toBe(1);
    expect(notes).toEqual(["left out because an endpoint would refuse them: 1 row"]);
    const none = await profile(
      { table, model: files.write("model/MLmodel", "flavors: {sklearn: {}}\n").replace(/\/MLmodel$/, "") },
      { features: signature },
    );
    expect(none.profile.prediction).toBeNull();
    expect(none.notes).toEqual([expect.stringMatching(/^its answers are not known: MLmodel has no onnx flavor/)]);
  });
});
