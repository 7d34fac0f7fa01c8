import { expect, test } from "vitest";
import { closest, editDistance, suggestion } from "./closest.ts";
import { cpuMsOf } from "./testing/measure.ts";

test.each([
  ["pipelnes", ["pipelines", "models"], "pipelines"],
  ["Models", ["pipelines", "models"], "models"],
  ["trian", ["train", "trial"], "train"],
  ["tabular", ["text-classification", "tabular-classification"], "tabular-classification"],
  ["xyz", ["pipelines", "models"], undefined],
  ["a", ["by"], undefined],
  ["", ["by"], undefined],
  ["late", [], undefined],
])("%j among %j is %j", (name, candidates, expected) => {
  expect(closest(name, candidates)).toBe(expected);
});

test("a suggestion reads as the end of a sentence", () => {
  expect(suggestion("trian", ["train"])).toBe("; did you mean `train`?");
  expect(suggestion("zzz", ["train"])).toBe("");
});

test.each([
  ["", "abc", 3],
  ["kitten", "sitting", 3],
  ["ab", "ba", 1],
  ["same", "same", 0],
])("%s to %s takes %d", (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
  expect(editDistance(b, a)).toBe(distance);
});

test("long names and many candidates take a moment", () => {
  const candidates = Array.from({ length: 20_000 }, (_, index) => `${"a/".repeat(38)}${index % 7}`);
  const cpuMs = cpuMsOf(() => {
    expect(closest("x".repeat(900), candidates)).toBeUndefined();
    closest("b/".repeat(38), candidates);
  });
  expect(cpuMs).toBeLessThan(2000);
});
