import { describe, expect, it } from "vitest";
import { linear, ticksOf } from "./scale.ts";

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
