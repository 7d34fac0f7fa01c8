import { expect, test } from "vitest";
import { findCycle } from "./find-cycle.ts";

test.each<[string, Record<string, string[]>, string[] | undefined]>([
  ["nothing", {}, undefined],
  ["a chain", { a: ["b"], b: ["c"], c: [] }, undefined],
  ["a diamond", { a: ["b", "c"], b: ["d"], c: ["d"], d: [] }, undefined],
  ["itself", { a: ["a"] }, ["a", "a"]],
  ["two", { a: ["b"], b: ["a"] }, ["a", "b", "a"]],
  ["a tail before the cycle is not part of it", { start: ["a"], a: ["b"], b: ["c"], c: ["a"] }, ["a", "b", "c", "a"]],
  ["what leaves the cycle is not followed", { a: ["x", "b"], b: ["a"], x: [] }, ["a", "b", "a"]],
  ["names that are not there lead nowhere", { a: ["gone"] }, undefined],
  ["the same edge twice", { a: ["b", "b"], b: [] }, undefined],
])("%s", (_, edges, expected) => {
  expect(findCycle(new Map(Object.entries(edges)))).toEqual(expected);
});

test("a chain of fifty thousand takes no time and no stack", () => {
  const chain = new Map(Array.from({ length: 50_000 }, (_, index) => [`s${index}`, [`s${index + 1}`]]));
  expect(findCycle(chain)).toBeUndefined();
  expect(findCycle(new Map(chain).set("s50000", ["s0"]))).toHaveLength(50_002);
});
