import { expect, test } from "vitest";
import { seededRandom } from "../math/random.ts";
import { probabilityColumn } from "../profile/probability-column.ts";
import { ProfileBuilder, referenceProfile } from "../profile/profile-builder.ts";
import { WindowCounts, windowCountsSchema } from "./window-counts.ts";

const rowsOf = (seed: number, count: number) => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => ({
    distance: random() < 0.2 ? 0 : random() * 2000,
    origin: ["ATL", "BNA", "LAX", "SEA"][Math.floor(random() ** 2 * 4)],
    late: random() < 0.2,
    probability: random(),
  }));
};
const reference = (() => {
  const builder = new ProfileBuilder(
    [
      { name: "distance", kind: "numeric" },
      { name: "origin", kind: "categorical" },
      { name: "late", kind: "boolean" },
    ],
    { prediction: "numeric" },
  );
  for (const row of rowsOf(1, 2000)) builder.add(row, row.probability);
  return builder.build();
})();
const countOf = (rows: ReturnType<typeof rowsOf>) => {
  const counts = new WindowCounts(reference);
  for (const row of rows) counts.observe(row, row.probability);
  return counts;
};

test("counting the reference's own rows gives the reference's counts", () => {
  const counts = countOf(rowsOf(1, 2000));
  const [distance, origin, late] = reference.columns;
  expect(counts.rows).toBe(2000);
  expect(counts.column("distance")).toEqual({
    bins: distance?.counts,
    unseen: 0,
    missing: 0,
    present: 2000,
    numbers: {
      mean: expect.closeTo(distance?.kind === "numeric" ? (distance.moments?.mean ?? 0) : 0, 3),
      deviation: expect.closeTo(distance?.kind === "numeric" ? distance.unit : 0, 0),
      min: 0,
      max: distance?.kind === "numeric" ? distance.moments?.max : 0,
    },
  });
  expect(counts.column("origin")?.bins).toEqual([...(origin?.counts ?? []), 0]);
  expect(counts.column("late")?.bins).toEqual([...(late?.counts ?? []), 0]);
  expect(counts.prediction()?.bins).toEqual(reference.prediction?.counts);
  expect(counts.column("elsewhere")).toBeUndefined();
});

test("windows add up in any order to the same bits as one window of all rows", () => {
  const rows = rowsOf(2, 3000);
  const whole = countOf(rows).toJSON();
  const parts = [rows.slice(0, 5), rows.slice(5, 1700), [], rows.slice(1700)].map(countOf);
  for (const order of [parts, parts.toReversed()]) {
    const sum = new WindowCounts(reference);
    for (const part of order) sum.add(part);
    expect(sum.toJSON()).toEqual(whole);
  }
  expect(countOf(rows.toReversed()).toJSON()).toEqual(whole);
});

test("counts survive JSON, and what does not fit is told, not thrown", () => {
  const json = JSON.parse(JSON.stringify(countOf(rowsOf(3, 100))));
  expect(windowCountsSchema.parse(json)).toEqual(json);
  const read = WindowCounts.read(reference, json);
  expect("counts" in read && read.counts.toJSON()).toEqual(json);
  const problems = [
    [{ ...json, profile: "other" }, /counted against profile other/],
    [{ ...json, cells: [1, 2] }, /cells: expected \d+ numbers, found 2/],
    [{ ...json, cells: json.cells.map(() => -1) }, /cells/],
    [{ ...json, version: 2 }, /version/],
    ["nothing", /object/],
  ] as const;
  for (const [wrong, problem] of problems) {
    expect(WindowCounts.read(reference, wrong)).toEqual({ problem: expect.stringMatching(problem) });
  }
});

test("an empty window's range survives JSON", () => {
  const read = WindowCounts.read(reference, JSON.parse(JSON.stringify(new WindowCounts(reference))));
  const counts = "counts" in read ? read.counts : undefined;
  counts?.add(countOf(rowsOf(3, 10)));
  expect(counts?.toJSON()).toEqual(countOf(rowsOf(3, 10)).toJSON());
  expect(new WindowCounts(reference).column("distance")?.numbers).toBeNull();
});

test("windows against different profiles do not add up", () => {
  const other = referenceProfile({ ...reference, rows: 1 });
  expect(() => new WindowCounts(reference).add(new WindowCounts(other))).toThrow(/do not add up/);
});

test.each([
  ["missing", { distance: null, origin: undefined, late: null }, { missing: 1, unseen: 0 }],
  ["not there", {}, { missing: 1, unseen: 0 }],
  ["not a number", { distance: Number.NaN, origin: Number.NaN, late: Number.NaN }, { missing: 1, unseen: 0 }],
  ["of another type", { distance: "far", origin: 7, late: "perhaps" }, { missing: 0, unseen: 1 }],
  ["a list", { distance: [1], origin: ["ATL"], late: [true] }, { missing: 0, unseen: 1 }],
])("a value that is %s is counted for what it is", (_, row, expected) => {
  const counts = new WindowCounts(reference);
  counts.observe(row, 0.5);
  for (const name of ["distance", "origin", "late"]) expect(counts.column(name), name).toMatchObject(expected);
});

test("a value counts the same whatever type it comes in", () => {
  const builder = new ProfileBuilder([
    { name: "label", kind: "categorical" },
    { name: "late", kind: "boolean" },
    { name: "price", kind: "numeric" },
  ]);
  for (let index = 0; index < 300; index += 1) builder.add({ label: index % 3, late: index % 2 === 0, price: 0.1 });
  const counts = new WindowCounts(builder.build());
  for (const label of [1, 1n, "1"]) counts.observe({ label, late: label === 1, price: Math.fround(0.1) });
  counts.observe({ label: "1.0", late: "true", price: 0.2 });
  expect(counts.column("label")).toMatchObject({ bins: [0, 3, 0, 0], unseen: 1 });
  expect(counts.column("late")).toMatchObject({ bins: [2, 2, 0], unseen: 0 });
  expect(counts.column("price")).toMatchObject({ bins: [0, 3, 1] });
});

test("one absurd value moves no mean to infinity", () => {
  const counts = countOf(rowsOf(4, 1000));
  const before = counts.column("distance")?.numbers;
  counts.observe({ distance: 1e300 });
  const after = counts.column("distance")?.numbers;
  expect(after?.max).toBe(1e300);
  expect(Math.abs((after?.mean ?? 0) - (before?.mean ?? 0))).toBeLessThan(100);
});

test("values in the order of columns count like named ones", () => {
  const [named, listed] = [new WindowCounts(reference), new WindowCounts(reference)];
  for (const row of rowsOf(5, 50)) {
    named.observe(row, row.probability);
    listed.observeValues([row.distance, row.origin, row.late], row.probability);
  }
  expect(listed.toJSON()).toEqual(named.toJSON());
});

test("probabilities without a reference keep the mean of rare events", () => {
  const counts = new WindowCounts(referenceProfile({ rows: 0, columns: [], prediction: probabilityColumn }));
  for (let index = 0; index < 100; index += 1) counts.observe({}, index % 2 ? 0.0001 : 0.0003);
  expect(counts.prediction()?.numbers?.mean).toBeCloseTo(0.0002, 6);
});
