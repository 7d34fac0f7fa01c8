import { expect, test } from "vitest";
import { parseModelReference } from "./model-reference.ts";

test.each([
  ["flights", "flights", "latest", false],
  ["flights@3", "flights", "3", false],
  ["flights@champion", "flights", "champion", false],
  ["a@b@champion", "a@b", "champion", false],
  ["models:/flights", "flights", "latest", true],
  ["models:/flights/3", "flights", "3", true],
  ["models://flights/3", "flights", "3", true],
  ["models:/flights@champion", "flights", "champion", true],
  ["models:/a@b/3", "a@b", "3", true],
  ["models:/two words@champion", "two words", "champion", true],
])("%s", (text, model, version, isUri) => {
  expect(parseModelReference(text)).toEqual({ model, version, isUri });
});

test.each([
  "",
  "@",
  "flights@",
  "@3",
  "models:/",
  "models:/@3",
  "models:/flights/",
  "models:/a/b/3",
  "runs:/1/model",
  "a/b",
])("`%s` names no version of a registered model", (text) => {
  expect(parseModelReference(text)).toBeUndefined();
});
