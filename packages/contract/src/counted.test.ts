import { expect, it } from "vitest";
import { counted } from "./counted.ts";

it.each([
  [0, "0 requests"],
  [1, "1 request"],
  [1440, "1,440 requests"],
])("%d reads as %s", (number, text) => {
  expect(counted(number, "request")).toBe(text);
});

it("takes a plural that no s makes", () => {
  expect(counted(2, "value differs", "values differ")).toBe("2 values differ");
});
