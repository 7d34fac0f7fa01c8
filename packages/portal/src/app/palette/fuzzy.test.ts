import { expect, test } from "vitest";
import { fuzzyScore } from "./fuzzy.ts";

const best = (typed: string, texts: string[]) =>
  texts
    .flatMap((text) => {
      const score = fuzzyScore(typed, text);
      return score === null ? [] : [{ text, score }];
    })
    .sort((a, b) => b.score - a.score)
    .map(({ text }) => text);

test.each([
  ["run 3 flight", ["Run 3 of flight-delays", "Run 31 of other", "flight-delays"], ["Run 3 of flight-delays"]],
  ["fd", ["flight-delays", "Environments"], ["flight-delays"]],
  ["prod", ["late in production", "Reproduce"], ["late in production", "Reproduce"]],
  ["xyz", ["flight-delays"], []],
  ["", ["a"], ["a"]],
])("%s finds the best of %j", (typed, texts, expected) => {
  expect(best(typed, texts)).toEqual(expected);
});
