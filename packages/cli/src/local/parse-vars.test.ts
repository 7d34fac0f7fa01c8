import { expect, test } from "vitest";
import { parseVars, wholeNumber } from "./parse-vars.ts";

test("numbers and booleans become such, everything else stays text", () => {
  expect(parseVars(["a=1", "b=-0.5", "c=true", "d=", "e=x=y", "f=1e3", "g= ", "h=0x", "zip=02134"])).toEqual({
    a: 1,
    b: -0.5,
    c: true,
    d: "",
    e: "x=y",
    f: 1000,
    g: " ",
    h: "0x",
    zip: "02134",
  });
});

test("what is no pair is told with the option's name", () => {
  expect(() => parseVars(["sample"])).toThrow("--var sample: expected name=value");
  expect(() => parseVars(["=1"], "--set")).toThrow("--set =1: expected name=value");
});

test("whole numbers of options", () => {
  expect(wholeNumber("--limit", "20")).toBe(20);
  for (const wrong of ["many", "0", "-1", "1.5", "", true])
    expect(() => wholeNumber("--limit", wrong)).toThrow(/^--limit .*: expected a whole number above 0$/);
});
