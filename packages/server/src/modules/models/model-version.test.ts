import { expect, test } from "vitest";
import { assertAlias, parseVersionReference } from "./model-version.ts";

test.each([
  ["3", { version: 3 }],
  ["v12", { version: 12 }],
  ["latest", "latest"],
  ["champion", { alias: "champion" }],
  ["3rd", { alias: "3rd" }],
])("%j refers to %j", (text, reference) => {
  expect(parseVersionReference(text)).toEqual(reference);
});

test.each(["champion", "my-model_2", "A", "ver1"])("%j is an alias", (alias) => {
  expect(() => assertAlias(alias)).not.toThrow();
});
test.each(["", "latest", "Latest", "v1", "V20", "7", "a b", "a/b", "ä", "x".repeat(256)])("%j is no alias", (alias) => {
  expect(() => assertAlias(alias)).toThrow(expect.objectContaining({ code: "model.alias_invalid" }));
});
