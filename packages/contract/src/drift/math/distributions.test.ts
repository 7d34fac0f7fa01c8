import { expect, test } from "vitest";
import {
  chiSquareCdf,
  chiSquareP,
  chiSquareQuantile,
  kolmogorovP,
  normalCdf,
  normalQuantile,
  normalTwoSidedP,
} from "./distributions.ts";
import { logGamma, lowerGamma, upperGamma } from "./gamma.ts";

// Expected values are SciPy 1.17.1's. Relative accuracy is asked, also of the far tails.
const near = (value: number, expected: number, accuracy = 1e-11) =>
  expect(Math.abs(value - expected), `${value} beside ${expected}`).toBeLessThanOrEqual(
    accuracy * Math.max(Math.abs(expected), 1e-300),
  );

test.each([
  [0.1, 2.252712651734206],
  [0.5, 0.5723649429247],
  [3.7, 1.428072326665388],
  [100, 359.1342053695754],
  [1e6, 12815504.569147611],
])("log Γ(%d)", (x, expected) => near(logGamma(x), expected));

test.each([
  [0.5, 0.1, 0.6547208460185768],
  [0.5, 2, 0.04550026389635857],
  [4.5, 8.459, 0.05001568001009616],
  [4.5, 60, 1.336164776532522e-21],
  [50, 40, 0.9296649333406051],
  [1000, 1100, 0.0010593232539299773],
  [1e5, 1.01e5, 0.0008084215129255896],
])("Q(%d, %d), and P beside it", (a, x, expected) => {
  near(upperGamma(a, x), expected, 1e-8);
  expect(lowerGamma(a, x)).toBeCloseTo(1 - expected, 10);
});

test.each([
  [-10, 7.61985302416047e-24],
  [-3, 0.0013498980316300933],
  [-1.96, 0.024997895148220435],
  [0, 0.5],
  [0.5, 0.6914624612740131],
  [6, 0.9999999990134123],
])("Φ(%d)", (x, expected) => near(normalCdf(x), expected));

test.each([
  [1e-12, -7.034483825301131],
  [0.001, -3.090232306167813],
  [0.025, -1.9599639845400545],
  [0.3, -0.5244005127080409],
  [0.9, 1.2815515655446004],
  [0.999999, 4.753424308817087],
])("the normal quantile of %d", (p, expected) => near(normalQuantile(p), expected, 1e-10));

test("quantiles at the ends are infinite, beyond them nothing", () => {
  expect([normalQuantile(0), normalQuantile(1), normalQuantile(0.5)]).toEqual([-Infinity, Infinity, expect.closeTo(0)]);
  expect(normalQuantile(Number.NaN)).toBeNaN();
  expect([chiSquareQuantile(1, 3), chiSquareQuantile(0, 3)]).toEqual([0, Infinity]);
});

test.each([
  [0.05, 1, 3.8414588206941285],
  [0.05, 9, 16.91897760462045],
  [0.05, 19, 30.143527205646155],
  [0.95, 3, 0.35184631774927166],
  [0.001, 4, 18.466826952903173],
  [1e-9, 9, 60.6603083737724],
  [0.01, 50, 76.1538912490127],
  [0.5, 1, 0.4549364231195724],
  [1e-12, 200, 374.49591072713287],
  [0.999, 1, 1.570797149262492e-6],
])("the chi-square quantile with %d above it and %d degrees of freedom", (upper, df, expected) => {
  near(chiSquareQuantile(upper, df), expected, 1e-9);
  near(chiSquareP(expected, df), upper, 1e-8);
  expect(chiSquareCdf(expected, df)).toBeCloseTo(1 - upper, 9);
});

test.each([
  [0.3, 0.9999906941986655],
  [0.5, 0.9639452436648751],
  [0.8276, 0.49995841656354456],
  [1, 0.26999967167735456],
  [1.2, 0.11224966667072497],
  [1.3581, 0.0499996304316674],
  [1.6276, 0.010001537333060776],
  [2.5, 7.453306344157342e-6],
])("Kolmogorov's P(%d)", (lambda, expected) => near(kolmogorovP(lambda), expected, 1e-8));

test("no difference has p = 1", () => {
  expect([kolmogorovP(0), normalTwoSidedP(0), chiSquareP(0, 3)]).toEqual([1, 1, 1]);
});
