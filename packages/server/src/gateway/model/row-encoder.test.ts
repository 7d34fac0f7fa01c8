import type { ModelFeature } from "@pave/contract";
import { expect, test } from "vitest";
import { parseExactJson } from "./exact-json.ts";
import { RowBuffer } from "./row-buffer.ts";
import { InexactInteger, RowEncoder } from "./row-encoder.ts";
import type { TensorPlan } from "./tensor-plan.ts";

const column = (
  name: string,
  type: ModelFeature["type"],
  element: TensorPlan["type"],
  required = true,
): TensorPlan => ({
  name,
  type: element,
  datatype: "FP32",
  rowShape: [1],
  width: 1,
  features: [{ name, type, required, shape: [] }],
});
const plans = [
  column("origin", "string", "string"),
  column("hour", "long", "int64"),
  column("distance", "double", "float32"),
  column("wind", "double", "float32", false),
  column("note", "string", "string", false),
  column("holiday", "boolean", "bool"),
  column("gate", "integer", "int32"),
];
const good = { origin: "ORD", hour: 17, distance: 733.5, holiday: true, gate: 3 };
const encoder = new RowEncoder(plans, "");
const write = (row: Record<string, unknown>, isExact = false) => {
  const buffer = new RowBuffer(plans, 4);
  return { finding: encoder.writeRow(buffer, row, isExact), buffer };
};

test("rows become columns, missing optional values NaN or the empty text", () => {
  const buffer = new RowBuffer(plans, 1);
  buffer.reserve(2);
  expect(encoder.writeRow(buffer, { ...good, wind: 12.5, note: "x" }, false)).toBeUndefined();
  expect(encoder.writeRow(buffer, { ...good, wind: null, hour: -3 }, false)).toBeUndefined();
  expect(buffer.rows).toBe(2);
  const feeds = buffer.feeds();
  expect(
    Object.fromEntries(
      Object.entries(feeds).map(([name, { data, dims }]) => [name, [Array.from(data as ArrayLike<unknown>), dims]]),
    ),
  ).toEqual({
    origin: [
      ["ORD", "ORD"],
      [2, 1],
    ],
    hour: [
      [17n, -3n],
      [2, 1],
    ],
    distance: [
      [733.5, 733.5],
      [2, 1],
    ],
    wind: [
      [12.5, Number.NaN],
      [2, 1],
    ],
    note: [
      ["x", ""],
      [2, 1],
    ],
    holiday: [
      [1, 1],
      [2, 1],
    ],
    gate: [
      [3, 3],
      [2, 1],
    ],
  });
});

test("a point in time is a text of one, in rows and in tensors, and missing is no model's text", () => {
  const times = [column("at", "datetime", "string", false)];
  const encoder = new RowEncoder(times, "unknown");
  const buffer = new RowBuffer(times, 3);
  expect(encoder.writeRow(buffer, { at: "2026-03-01T12:00:00+01:00" }, false)).toBeUndefined();
  expect(encoder.writeRow(buffer, { at: null }, false)).toBeUndefined();
  expect(buffer.arrays[0]).toEqual(["2026-03-01T12:00:00+01:00", "", ""]);
  expect(encoder.writeTensor(buffer, 0, ["2026-03-01"], false)).toBeUndefined();
  expect(encoder.writeMissingTensor(buffer, 0, 1)).toBe(true);
  expect(buffer.arrays[0]).toEqual(["2026-03-01T12:00:00+01:00", "", ""]);
  const expected = 'a date and time in ISO 8601, such as "2026-03-01T12:00:00Z"';
  expect(encoder.writeRow(buffer, { at: "yesterday" }, false)).toEqual({
    ...{ feature: "at", expected, found: 'the text "yesterday"', fix: `send "at" as ${expected}` },
  });
  expect(encoder.writeRow(buffer, { at: 1772366400 }, false)).toMatchObject({ expected, found: "1772366400" });
  expect(encoder.writeTensor(buffer, 0, ["2026-02-30"], false)).toMatchObject({ expected, at: 0 });
});

test("a missing text is what the model says it was in training, in rows and in tensors", () => {
  const buffer = new RowBuffer(plans, 4);
  const strange = new RowEncoder(plans, "n/a");
  expect(strange.writeRow(buffer, { ...good, note: null }, false)).toBeUndefined();
  expect(strange.writeRow(buffer, good, false)).toBeUndefined();
  expect(strange.writeTensor(buffer, 4, [null, ""], false)).toBeUndefined();
  expect(buffer.feeds().note?.data).toEqual(["n/a", "n/a"]);
  expect((buffer.arrays[4] as string[]).slice(2, 4)).toEqual(["n/a", ""]);
});

test.each([
  [{ hour: undefined }, "hour", "a whole number", "nothing"],
  [{ hour: "17" }, "hour", "a whole number", 'the text "17"'],
  [{ hour: 17.5 }, "hour", "a whole number", "17.5"],
  [{ hour: null }, "hour", "a whole number", "null"],
  [{ distance: true }, "distance", "a finite number", "true"],
  [{ distance: Number.POSITIVE_INFINITY }, "distance", "a finite number", "a number beyond what a computer can hold"],
  [{ distance: 1e39 }, "distance", "a number of at most 3.4028234663852886e+38, which is what 32 bits hold", "1e+39"],
  [{ distance: [1] }, "distance", "a finite number", "a list"],
  [{ wind: "calm" }, "wind", "a finite number", 'the text "calm"'],
  [{ origin: 3 }, "origin", "a text", "3"],
  [{ origin: { code: "ORD" } }, "origin", "a text", "an object"],
  [{ holiday: 1 }, "holiday", "true or false", "1"],
  [{ gate: 2 ** 31 }, "gate", "a whole number of 32 bits", "2147483648"],
])("%j is refused by name", (change, feature, expected, found) => {
  const row = Object.fromEntries(Object.entries({ ...good, ...change }).filter(([, value]) => value !== undefined));
  const { finding, buffer } = write(row);
  expect(finding).toMatchObject({ feature, expected, found });
  expect(buffer.rows).toBe(0);
});

test("extra features and misspellings are named", () => {
  expect(write({ ...good, colour: "red" }).finding).toMatchObject({
    feature: "colour",
    found: '"colour"',
    fix: 'leave "colour" out',
  });
  const { hour, ...rest } = good;
  expect(write({ ...rest, houur: hour }).finding).toMatchObject({
    feature: "hour",
    found: "nothing",
    fix: 'rename "houur" to "hour"',
  });
  expect(write({ ...good, winds: 3 }).finding).toMatchObject({ feature: "winds", fix: 'did you mean "wind"?' });
});

test("names from Object.prototype are neither there nor optional by accident", () => {
  const odd = [column("constructor", "double", "float32", false), column("toString", "double", "float32")];
  const strange = new RowEncoder(odd, "");
  const buffer = new RowBuffer(odd, 2);
  expect(strange.writeRow(buffer, { toString: 1 }, false)).toBeUndefined();
  expect(buffer.arrays[0]?.[0]).toBeNaN();
  expect(strange.writeRow(buffer, { constructor: 1 }, false)).toMatchObject({ feature: "toString", found: "nothing" });
});

test("whole numbers above 2^53 ask for exact parsing and then arrive exactly", () => {
  const text = '{"origin":"a","hour":9007199254740993,"distance":1,"holiday":false,"gate":1}';
  expect(() => write(JSON.parse(text))).toThrow(InexactInteger);
  const { finding, buffer } = write(parseExactJson(text) as Record<string, unknown>, true);
  expect(finding).toBeUndefined();
  expect(buffer.arrays[1]?.[0]).toBe(9007199254740993n);

  for (const tooLarge of ["9223372036854775808", "1e20", "123456789012345678901234567890"]) {
    const row = parseExactJson(text.replace("9007199254740993", tooLarge)) as Record<string, unknown>;
    expect(write(row, true).finding).toMatchObject({ feature: "hour", expected: "a whole number" });
  }
});

test("tensor features take flat or nested lists of the right length", () => {
  const image: TensorPlan = {
    name: "image",
    type: "float32",
    datatype: "FP32",
    rowShape: [2, 2],
    width: 4,
    features: [{ name: "image", type: "float", required: true, shape: [2, 2] }],
  };
  const images = new RowEncoder([image], "");
  const buffer = new RowBuffer([image], 2);
  expect(
    images.writeRow(
      buffer,
      {
        image: [
          [1, 2],
          [3, 4],
        ],
      },
      false,
    ),
  ).toBeUndefined();
  expect(images.writeRow(buffer, { image: [5, 6, 7, 8] }, false)).toBeUndefined();
  expect(Array.from(buffer.arrays[0] as Float32Array)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(images.writeRow(new RowBuffer([image], 1), { image: [1, 2, 3] }, false)).toMatchObject({
    found: "a list of 3",
  });
  expect(images.writeRow(new RowBuffer([image], 1), { image: [1, 2, 3, null] }, false)).toMatchObject({
    found: "null",
  });
  expect(images.writeRow(new RowBuffer([image], 1), { image: 3 }, false)).toMatchObject({ found: "3" });
});
