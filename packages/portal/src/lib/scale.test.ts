import { describe, expect, it } from "vitest";
import { domainOf, linear, logarithmic, logTicksOf, ticksOf } from "./scale.ts";

describe("axis ticks", () => {
  it.each<[readonly [number, number], number, number[]]>([
    [[0, 1], 5, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [[0, 1234], 4, [0, 500, 1000]],
    [[0.62, 0.71], 4, [0.65, 0.7]],
    [[3, 3], 4, [3]],
  ])("of %j are round and within it", (domain, count, expected) => {
    expect(ticksOf(domain, count)).toEqual(expected);
  });
});

it("maps a domain onto pixels, upside down where asked", () => {
  const y = linear([0, 2], [100, 0]);
  expect([y(0), y(1), y(2)]).toEqual([100, 50, 0]);
});

it("powers of ten stand as far from each other as they are", () => {
  const x = logarithmic([0.001, 1000], [0, 60]);
  expect([0.001, 1, 10, 1000].map((value) => Math.round(x(value)))).toEqual([0, 30, 40, 60]);
});

it.each([
  [
    [1, 10],
    [1, 2, 5, 10],
  ],
  [[0.001, 1000], [0.001, 0.01, 0.1, 1, 10, 100, 1000].filter((_, index) => index % 2 === 0)],
  [
    [3, 4],
    [3, 3.2, 3.4, 3.6, 3.8, 4],
  ],
] as const)("a logarithmic axis over %j has ticks at %j", (domain, ticks) => {
  expect(logTicksOf(domain)).toEqual(ticks);
});

it("a domain has room around its values, and none where there is no value", () => {
  expect(domainOf([0, 100], false)).toEqual([-6, 106]);
  expect(domainOf([5], false)).toEqual([4.5, 5.5]);
  expect(domainOf([0, -1], true)).toBeNull();
  expect(domainOf([8, 0], true)).toEqual([4, 16]);
  expect(domainOf([], false)).toBeNull();
});
