import { expect, test } from "vitest";
import { seededRandom } from "../math/random.ts";
import { cellLabels } from "./cell-labels.ts";
import { columnFromQuantiles } from "./column-from-quantiles.ts";
import { ProfileBuilder } from "./profile-builder.ts";
import {
  type CategoricalColumn,
  type ColumnProfile,
  type NumericColumn,
  referenceProfileSchema,
} from "./reference-profile.ts";

const profileOf = (values: readonly unknown[], kind: ColumnProfile["kind"], exactRows = 200_000): ColumnProfile => {
  const builder = new ProfileBuilder([{ name: "x", kind }], { exactRows });
  for (const x of values) builder.add({ x });
  return builder.build().columns[0] as ColumnProfile;
};
const numeric = (values: readonly unknown[], exactRows?: number) =>
  profileOf(values, "numeric", exactRows) as NumericColumn;
const categorical = (values: readonly unknown[]) => profileOf(values, "categorical") as CategoricalColumn;
const repeat = <T>(value: T, times: number): T[] => new Array<T>(times).fill(value);
const upTo = (end: number) => Array.from({ length: end }, (_, index) => index);

test("a smooth column has ten cells of like mass between two empty ones", () => {
  const column = numeric(upTo(1000));
  expect(column).toEqual({
    kind: "numeric",
    name: "x",
    rows: 1000,
    missing: 0,
    flags: [],
    moments: { count: 1000, mean: 499.5, m2: expect.closeTo(83333250, 3), min: 0, max: 999 },
    center: 499.5,
    unit: expect.closeTo(288.675, 3),
    bounds: [-Number.MIN_VALUE, 99.5, 199.5, 299.5, 399.5, 499.5, 599.5, 699.5, 799.5, 899.5, expect.closeTo(999, 2)],
    points: [],
    counts: [0, ...repeat(100, 10), 0],
  });
  expect(cellLabels(column).slice(0, 3)).toEqual(["below 0", "0 to 99.5", "99.5 to 200"]);
  expect(cellLabels(column).at(-1)).toBe("above 999");
});

test("a value that many rows share gets a cell of its own, and the rest is split by its mass", () => {
  const column = numeric([...repeat(0, 600), ...upTo(400).map((value) => value + 1)]);
  expect(column.points).toEqual([0]);
  expect(column.counts).toEqual([0, 600, 100, 100, 100, 100, 0]);
  expect(cellLabels(column)[1]).toBe("0");
  const middle = numeric([...upTo(300).map((value) => -value - 1), ...repeat(0, 500), ...upTo(200).map((v) => v + 1)]);
  expect(middle.counts).toEqual([0, 100, 100, 100, 500, 100, 100, 0]);
});

test("a few values each get a cell, with empty cells between them for what never was", () => {
  const column = numeric([...repeat(1, 300), ...repeat(2, 300), ...repeat(7, 300)]);
  expect(column.counts).toEqual([0, 300, 0, 300, 0, 300, 0]);
  expect(column.points).toEqual([1, 2, 7]);
});

test("whole numbers that no value dominates are cut between values, never through one", () => {
  const column = numeric(upTo(2400).map((value) => value % 24));
  expect(column.bounds.slice(1, -1).every((bound) => bound % 1 === 0.5)).toBe(true);
  expect(column.counts.slice(1, -1).every((count) => count >= 200 && count <= 300)).toBe(true);
});

test.each([
  ["not one value", repeat(null, 300), ["all-missing"], 300],
  ["one value", repeat(3, 300), ["constant"], 0],
  ["a few rows", [1, 2, 3, null], ["too-few-rows"], 1],
  ["a few rows, all alike", [5, 5], ["too-few-rows", "constant"], 0],
  ["no numbers", ["a", Number.NaN, Number.POSITIVE_INFINITY, true], ["all-missing"], 4],
])("a numeric column with %s says so", (_, values, flags, missing) => {
  const column = numeric(values);
  expect(column.flags).toEqual(flags);
  expect(column.missing).toBe(missing);
  expect(column.counts.reduce((sum, count) => sum + count, 0)).toBe(values.length - missing);
});

test("a constant keeps a cell for less, one for itself and one for more", () => {
  expect(numeric(repeat(3, 300)).counts).toEqual([0, 300, 0]);
  expect(numeric(repeat(0, 300)).counts).toEqual([0, 300, 0]);
  expect(numeric(repeat(-2.5, 300))).toMatchObject({ points: [-2.5], unit: 2.5 });
});

test("beyond the exact rows a sample stands in, the same one each time, with moments of all rows", () => {
  const random = seededRandom(3);
  const values = Array.from({ length: 20_000 }, () => random() ** 2);
  const [exact, sampled] = [numeric(values), numeric(values, 2000)];
  expect(sampled.flags).toEqual(["sampled"]);
  expect(sampled.moments).toEqual(exact.moments);
  expect(sampled.counts.reduce((sum, count) => sum + count, 0)).toBe(2000);
  for (const [index, bound] of sampled.bounds.entries()) expect(bound).toBeCloseTo(exact.bounds[index] ?? 0, 1);
  expect(numeric(values, 2000)).toEqual(sampled);
});

test("a thousand quantiles of a database give nearly the cells of all values", () => {
  const random = seededRandom(4);
  const values = Array.from({ length: 50_000 }, () => (random() < 0.3 ? 0 : Math.round(random() * 1e4) / 10));
  const exact = numeric(values);
  const ascending = values.toSorted((a, b) => a - b);
  const quantiles = upTo(1000).map((index) => ascending[Math.floor((index + 0.5) * 50)] ?? 0);
  const column = columnFromQuantiles({ name: "x", rows: 50_000, moments: exact.moments, quantiles });
  expect(column.points).toEqual([0]);
  expect(column.counts.length).toBe(exact.counts.length);
  expect(column.counts.reduce((sum, count) => sum + count, 0)).toBe(50_000);
  for (const [cell, count] of column.counts.entries()) {
    expect(Math.abs(count - (exact.counts[cell] ?? 0))).toBeLessThanOrEqual(100);
  }
  expect(columnFromQuantiles({ name: "x", rows: 7, moments: null, quantiles: [] }).flags).toEqual(["all-missing"]);
});

test("categories are kept by frequency, rare ones share a cell", () => {
  const column = categorical([...upTo(210).flatMap((index) => repeat(`c${index}`, 300 - index)), "once", null]);
  expect(column.categories.slice(0, 2)).toEqual(["c0", "c1"]);
  expect(column.categories).toHaveLength(200);
  expect(column.tail).toEqual([...upTo(10).map((index) => `c${index + 200}`), "once"]);
  const inTail = upTo(10).reduce((sum, index) => sum + 100 - index, 1);
  expect(column).toMatchObject({ missing: 1, other: inTail, isTailComplete: true, singletons: 1, pairs: 0, flags: [] });
  expect(cellLabels(column).at(-1)).toBe("other");
});

test("the order of rows does not matter to a categorical profile", () => {
  const values = ["b", "a", "c", "a", "b"];
  expect(categorical(values)).toEqual(categorical(values.toReversed()));
});

test("an id or a free text is no distribution, and none of its values is kept", () => {
  const column = categorical(upTo(1000).map((index) => `customer ${index}`));
  expect(column).toMatchObject({ flags: ["many-distinct"], categories: [], tail: [], other: 1000 });
  const huge = categorical(upTo(50_000).map((index) => `order ${index}`));
  expect(huge.flags).toEqual(["many-distinct"]);
});

test("a boolean has both its values, whatever came", () => {
  const column = profileOf(repeat(true, 250), "boolean") as CategoricalColumn;
  expect(column).toMatchObject({ categories: ["true", "false"], counts: [250, 0], flags: ["constant"] });
});

test("a profile is JSON that its schema takes, and its id is of its content", () => {
  const build = (shift: number) => {
    const builder = new ProfileBuilder(
      [
        { name: "x", kind: "numeric" },
        { name: "late", kind: "boolean" },
      ],
      {
        prediction: "numeric",
      },
    );
    for (const value of upTo(500)) builder.add({ x: value + shift, late: value % 3 === 0 }, value / 500);
    return builder.build();
  };
  const profile = build(0);
  expect(referenceProfileSchema.parse(JSON.parse(JSON.stringify(profile)))).toEqual(profile);
  expect(profile.prediction).toMatchObject({ name: "prediction", rows: 500 });
  expect(build(0).id).toBe(profile.id);
  expect(build(1).id).not.toBe(profile.id);
  expect(JSON.stringify(profile).length).toBeLessThan(2000);
});

test.each([
  ["bounds that do not ascend", { bounds: [2, 1], counts: [0, 1, 0] }],
  ["counts for other cells", { bounds: [1, 2], counts: [0, 1] }],
  ["a count below none", { counts: [-1] }],
])("a profile with %s is refused", (_, change) => {
  const profile = {
    version: 1,
    id: "x",
    rows: 1,
    columns: [{ ...numeric([1]), ...change }],
    prediction: null,
  };
  expect(referenceProfileSchema.safeParse(profile).success).toBe(false);
});
