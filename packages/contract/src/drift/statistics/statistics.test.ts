import { describe, expect, test } from "vitest";
import { normalQuantile } from "../math/distributions.ts";
import { binNumbers, countInto } from "../profile/bin-numbers.ts";
import { chiSquareFitTest, chiSquareTest } from "./chi-square-test.ts";
import { hellinger, jensenShannon, largestChange, populationStability, totalVariation } from "./effect-sizes.ts";
import { discoveries } from "./false-discovery.ts";
import { fisherExact } from "./fisher-exact.ts";
import { kolmogorovSmirnov } from "./kolmogorov-smirnov.ts";
import { meanDifference } from "./mean-difference.ts";
import { expectedPsi, noDriftPsi, psiP } from "./no-drift.ts";
import { type CellPair, poolCells } from "./pool-cells.ts";
import { proportionDifference, proportionTest, wilson } from "./proportions.ts";
import { exactKolmogorovSmirnov, exactWasserstein } from "./testing/exact-statistics.ts";
import { wasserstein } from "./wasserstein.ts";

// Expected values: Evidently's and NannyML's own tests, and SciPy 1.17.1 where it says so.
const dice: CellPair = { reference: [16, 18, 16, 14, 12, 12], current: [16, 16, 16, 16, 16, 8] };
const letters: CellPair = { reference: [50, 30, 20, 0], current: [30, 30, 30, 10] };

test("Evidently's dice", () => {
  expect(chiSquareFitTest(dice).p).toBeCloseTo(0.67309, 5);
  expect(hellinger(dice)).toBeCloseTo(0.06812, 4);
});

test("four letters, one of them new (SciPy)", () => {
  expect(populationStability(letters, { zeroShare: 1e-4 })).toBeCloseTo(0.832796, 6);
  expect(populationStability(letters)).toBeCloseTo(0.436306, 6);
  expect(jensenShannon(letters)).toBeCloseTo(0.274752, 6);
  expect(jensenShannon(letters) * Math.sqrt(Math.LN2)).toBeCloseTo(0.228746, 6);
  const test = chiSquareTest(letters);
  expect([test.statistic, test.df]).toEqual([expect.closeTo(17, 10), 3]);
  expect(test.p).toBeCloseTo(0.000706742, 9);
  expect(largestChange(letters)).toBeCloseTo(0.2, 12);
  expect(totalVariation(letters)).toBeCloseTo(0.2, 12);
  expect(hellinger(letters)).toBeCloseTo(0.260293, 6);
});

test.each([
  ["aabbcc and aabbccd", [2, 2, 2, 0], [2, 2, 2, 1], 0.14],
  ["aabbcc and bbbbb", [2, 2, 2], [0, 5, 0], 0.67],
  ["no change", [3, 4, 5], [3, 4, 5], 0],
])("NannyML's L∞ of %s", (_, reference, current, expected) => {
  expect(largestChange({ reference, current })).toBeCloseTo(expected, 2);
});

describe("a thousand normal quantiles, and the same half a standard deviation up (SciPy)", () => {
  const values = Float64Array.from({ length: 1000 }, (_, index) => normalQuantile((index + 0.5) / 1000));
  const moved = values.map((value) => value + 0.5);
  const range = { min: values[0] ?? 0, max: values[999] ?? 0 };
  const pairOver = (bounds: readonly number[]): CellPair => ({
    reference: countInto(bounds, values),
    current: countInto(bounds, moved),
  });

  test("over NumPy's deciles, which lie between two values", () => {
    const at = (index: number) => values[index] ?? 0;
    const deciles = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((tenth) => {
      const place = (tenth * 999) / 10;
      return at(Math.floor(place)) + (place % 1) * (at(Math.ceil(place)) - at(Math.floor(place)));
    });
    const pair = pairOver(deciles);
    expect(pair.current).toEqual([38, 52, 63, 73, 83, 93, 108, 123, 149, 218]);
    expect(populationStability(pair, { zeroShare: 1e-4 })).toBeCloseTo(0.237524, 6);
    expect(jensenShannon(pair)).toBeCloseTo(0.204612, 6);
    expect(kolmogorovSmirnov(pair).d).toBeCloseTo(0.198, 12);
  });

  test("over a profile's own cells, to 2 % or better", () => {
    const { bounds } = binNumbers(values, range);
    const pair = pairOver(bounds);
    const pooled = poolCells(pair, { isOrdered: true });
    expect(pooled.reference).toEqual(new Array(10).fill(100));
    expect(Math.abs(populationStability(pooled) / 0.237524 - 1)).toBeLessThan(0.02);
    expect(Math.abs(jensenShannon(pooled) / 0.204612 - 1)).toBeLessThan(0.02);

    expect(exactKolmogorovSmirnov(values, moved)).toBeCloseTo(0.198, 12);
    const { d, p } = kolmogorovSmirnov(pair);
    expect(d).toBeLessThanOrEqual(0.198);
    expect(d).toBeGreaterThan(0.195);
    expect(Math.log10(p)).toBeCloseTo(Math.log10(1.18344e-17), 0);

    const deviation = Math.sqrt(values.reduce((total, value) => total + value * value, 0) / 1000);
    expect(exactWasserstein(values, moved) / deviation).toBeCloseTo(0.500326, 6);
    const around = { min: range.min, max: range.max + 0.5, meanDifference: 0.5 };
    expect(wasserstein(pair, bounds, around) / deviation).toBeCloseTo(0.500326, 6);
  });

  test("Wasserstein of a distribution that widens both ways, to 10 %", () => {
    const wide = values.map((value) => value * 1.5);
    const { bounds } = binNumbers(values, range);
    const pair = { reference: countInto(bounds, values), current: countInto(bounds, wide) };
    const around = { min: range.min * 1.5, max: range.max * 1.5, meanDifference: 0 };
    expect(Math.abs(wasserstein(pair, bounds, around) / exactWasserstein(values, wide) - 1)).toBeLessThan(0.1);
  });
});

test("1 to 10 and 3 to 12: exact with a cell a value", () => {
  const [reference, current] = [
    Float64Array.from({ length: 10 }, (_, i) => i + 1),
    Float64Array.from({ length: 10 }, (_, i) => i + 3),
  ];
  const pair = { reference: [...new Array(10).fill(1), 0, 0], current: [0, 0, ...new Array(10).fill(1)] };
  const bounds = Array.from({ length: 11 }, (_, index) => index + 1.5);
  expect(exactKolmogorovSmirnov(reference, current)).toBeCloseTo(0.2, 12);
  expect(kolmogorovSmirnov(pair).d).toBeCloseTo(0.2, 12);
  // SciPy's 0.9616 is Marsaglia's exact law of one sample of five
  expect(Math.abs(kolmogorovSmirnov(pair).p - 0.9616)).toBeLessThan(0.02);
  expect(exactWasserstein(reference, current)).toBeCloseTo(2, 12);
  expect(exactWasserstein(reference, current) / Math.sqrt(8.25)).toBeCloseTo(0.696311, 6);
  expect(wasserstein(pair, bounds, { min: 0.5, max: 12.5, meanDifference: 2 })).toBeCloseTo(2, 12);
});

test("distances of nothing are not a number, and of itself 0", () => {
  const nothing = { reference: [1, 2], current: [0, 0] };
  for (const distance of [jensenShannon, hellinger, totalVariation]) expect(distance(nothing)).toBeNaN();
  const same = { reference: [10, 20, 30], current: [20, 40, 60] };
  for (const distance of [jensenShannon, hellinger, totalVariation, largestChange]) expect(distance(same)).toBe(0);
  expect(populationStability(same, { zeroShare: 1e-4 })).toBe(0);
  const apart = { reference: [5, 0], current: [0, 5] };
  expect([jensenShannon(apart), hellinger(apart), totalVariation(apart), largestChange(apart)]).toEqual([1, 1, 1, 1]);
});

test.each([
  [100, 10, 0.171],
  [200, 10, 0.086],
  [500, 10, 0.036],
  [1000, 10, 0.019],
  [5000, 10, 0.005],
  [100, 20, 0.304],
])("95 of 100 comparisons of %d rows over %d cells without drift stay below the PSI", (rows, cells, expected) => {
  const comparison = { referenceRows: 10_000, rows, cells };
  expect(noDriftPsi(comparison)).toBeCloseTo(expected, 3);
  expect(psiP(noDriftPsi(comparison), comparison)).toBeCloseTo(0.05, 9);
  expect(expectedPsi(comparison)).toBeCloseTo((1 / rows + 1e-4) * (cells - 1), 12);
});

test("cells join neighbours or the rest, keep every row and leave no thin cell", () => {
  const pair = { reference: [0, 500, 3, 497, 0, 0], current: [1, 40, 30, 20, 8, 1] };
  const ordered = poolCells(pair, { isOrdered: true });
  expect(ordered).toEqual({ reference: [500, 3, 497], current: [41, 30, 29] });
  expect(poolCells({ ...pair, current: [1, 42, 13, 25, 18, 1] }, { isOrdered: true })).toEqual({
    reference: [500, 500],
    current: [43, 57],
  });
  const unordered = poolCells(pair, { isOrdered: false, minimumExpected: 3, rest: [9, 1] });
  expect(unordered).toEqual({ reference: [500, 3, 497, 9], current: [40, 30, 20, 11] });
  expect(poolCells(pair, { isOrdered: false, minimumRows: 530 })).toEqual({ reference: [500, 500], current: [40, 60] });
  expect(poolCells({ reference: [5, 5], current: [0, 0] }, { isOrdered: true })).toEqual({
    reference: [10],
    current: [0],
  });
});

test.each([
  [6, 6, 0, 6, 0.0021645021645021645],
  [2, 200, 0, 10_000, 2 * 0.00038258268303889835],
  [3, 10, 8, 10, 0.06977851869492736],
  [30, 1000, 100, 10_000, 2 * 1.3280319253301547e-6],
  [500_000, 1_000_000, 499_000, 1_000_000, 0.15771450486976657],
  [0, 10, 0, 10, 1],
])("Fisher's exact test of %d in %d and %d in %d (SciPy)", (a, n, b, m, expected) => {
  const p = fisherExact({ found: a, rows: n }, { found: b, rows: m });
  expect(Math.abs(p / expected - 1)).toBeLessThan(1e-6);
  expect(fisherExact({ found: b, rows: m }, { found: a, rows: n })).toBeCloseTo(p, 9);
});

test.each([
  [0, 10, 0, 0.27753279986288926],
  [10, 10, 0.7224672001371109, 1],
  [3, 10, 0.10779126740630102, 0.6032218525388546],
  [52, 200, 0.20413830063574684, 0.32490745602534116],
])("Wilson's interval of %d in %d (SciPy)", (found, rows, low, high) => {
  expect(wilson({ found, rows })).toEqual({
    value: found / rows,
    low: expect.closeTo(low, 10),
    high: expect.closeTo(high, 10),
  });
});

test("rates of 50 and 30 in a hundred", () => {
  const [a, b] = [
    { found: 50, rows: 100 },
    { found: 30, rows: 100 },
  ];
  expect(proportionTest(a, b)).toEqual({ z: expect.closeTo(2.886751, 6), p: expect.closeTo(0.00389242, 8) });
  expect(proportionTest({ found: 0, rows: 5 }, { found: 0, rows: 9 })).toEqual({ z: 0, p: 1 });
  expect(wilson({ found: 0, rows: 0 })).toBeUndefined();
  expect(proportionDifference(a, { found: 0, rows: 0 })).toBeUndefined();
  // Newcombe (1998), table II, example (a), method 10: 56/70 less 48/80
  expect(proportionDifference({ found: 56, rows: 70 }, { found: 48, rows: 80 })).toEqual({
    value: expect.closeTo(0.2, 12),
    low: expect.closeTo(0.0524, 4),
    high: expect.closeTo(0.3339, 4),
  });
});

test("a difference of means comes with its interval, and none below two rows", () => {
  const a = { mean: 0.37, deviation: 0.1, rows: 101 };
  expect(meanDifference(a, { mean: 0.2, deviation: 0.1, rows: 101 })).toEqual({
    value: expect.closeTo(0.17, 12),
    low: expect.closeTo(0.17 - 1.959964 * 0.01 * Math.SQRT2, 6),
    high: expect.closeTo(0.17 + 1.959964 * 0.01 * Math.SQRT2, 6),
    p: expect.closeTo(0, 12),
  });
  expect(meanDifference(a, { mean: 0, deviation: 0, rows: 1 })).toBeUndefined();
});

test("discoveries keep Benjamini and Yekutieli's rate whatever the order", () => {
  // 5 tests: limits are k · 0.05 / (5 · 2.2833)
  expect(discoveries([0.5, 0.004, 0.008, 0.2, 0.9])).toEqual([false, true, true, false, false]);
  expect(discoveries([0.5, 0.005, 0.2, 0.9, 0.9])).toEqual([false, false, false, false, false]);
  expect(discoveries([0.04])).toEqual([true]);
  expect(discoveries([])).toEqual([]);
});
