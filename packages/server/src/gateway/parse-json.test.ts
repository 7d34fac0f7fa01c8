import { expect, test } from "vitest";
import { cpuMsOf } from "../kernel/testing/measure.ts";
import { findJsonError, parseJson } from "./parse-json.ts";

test.each([
  ["", /expected a JSON body, found none/],
  ['{\n  "a": 1,\n  "b": x\n}', /line 3, column 8: found "x"/],
  ['{"a": NaN}', /line 1, column 7: found "NaN"/],
  ['{"a": -Infinity}', /found "-Infinity"/],
  ['{"a": 1', /found the end of the body/],
  ['{"a": 1,}', /column 9: found "}"/],
  ["[1, 2,]", /column 7: found "\]"/],
  ["{'a': 1}", /column 2: found "'"/],
  ['{"a" 1}', /column 6: found "1"/],
  ['{"a": 1} {', /column 10: found "\{"/],
  ["[1 2]", /column 4: found "2"/],
  ['{"a": tru}', /found "tru"/],
  ['{"a": "unterminated}', /column 7/],
  ["[1}", /column 3: found "}"/],
  ["[01]", /column 3/],
])("%j says where it is wrong", (text, message) => {
  expect(() => JSON.parse(text)).toThrow();
  expect(() => parseJson(text, false)).toThrow(message);
});

test("NaN comes with what JSON has instead", () => {
  expect(() => parseJson("[NaN]", false)).toThrow(
    expect.objectContaining({ code: "request.invalid", fix: expect.stringContaining("null") }),
  );
});

test("valid JSON parses, exactly where asked", () => {
  expect(parseJson('{"a":[1,"x",null]}', false)).toEqual({ a: [1, "x", null] });
  expect(parseJson("[9007199254740993, 1.5, 12]", true)).toEqual([9007199254740993n, 1.5, 12]);
});

test("finding the error in megabytes takes no stack and no time", () => {
  const cpuMs = cpuMsOf(() => {
    findJsonError(`{"a": "${"x".repeat(3_000_000)}`);
    findJsonError(`${"[".repeat(1_000_000)}x`);
    findJsonError(`[${"1,".repeat(500_000)}}`);
  });
  expect(cpuMs).toBeLessThan(5000);
});
