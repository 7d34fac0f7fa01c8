import { expect, it } from "vitest";
import { mentionsIn } from "./mentions.ts";

it.each([
  ["@grace look", ["grace"]],
  ["see (@grace, @ada-b) and @grace again", ["grace", "ada-b"]],
  ["@grace.", ["grace"]],
  ["mail grace@example.org", []],
  ["`@grace` and\n```\n@ada\n```\n@ida", ["ida"]],
  ["```\n@ada never closed", []],
  ["https://example.org/@ada", []],
  ["@Grace @ @-x", []],
])("%s", (text, names) => {
  expect(mentionsIn(text)).toEqual(names);
});
