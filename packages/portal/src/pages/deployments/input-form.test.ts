import { describe, expect, it } from "vitest";
import { exampleRow, featuresOf, fieldsOf, rowOf } from "./input-form.ts";

const features = [
  { name: "origin", type: "string", required: true },
  { name: "hour", type: "long", required: true },
  { name: "late", type: "boolean", required: false },
];

describe("the form of an endpoint", () => {
  it.each<[string, unknown]>([
    ["a row", { origin: "ORD", hour: 7 }],
    ["rows", [{ origin: "ORD", hour: 7 }, {}]],
    ["wrapped rows", { inputs: [{ origin: "ORD", hour: 7 }] }],
    ["a split table", { columns: ["origin", "hour"], data: [["ORD", 7]] }],
  ])("finds a row in %s", (_, example) => {
    expect(exampleRow(example)).toEqual({ origin: "ORD", hour: 7 });
  });

  it("finds none in what is no table", () => {
    expect([exampleRow(null), exampleRow([]), exampleRow("x")]).toEqual([{}, {}, {}]);
  });

  it("sends back what it was filled with, by type", () => {
    const fields = fieldsOf({ origin: "ORD", hour: 7, late: false }, features);
    expect(fields).toEqual({ origin: "ORD", hour: "7", late: "false" });
    expect(rowOf(fields, features)).toEqual({ origin: "ORD", hour: 7, late: false });
  });

  it("leaves empty fields out and lets the endpoint judge what is no number", () => {
    expect(rowOf({ origin: "", hour: "seven" }, features)).toEqual({ hour: "seven" });
  });

  it("takes the names from the example where there is no signature", () => {
    expect(featuresOf({ signature: null, inputExample: { hour: 7 } })).toEqual([
      { name: "hour", type: "double", required: true },
    ]);
  });
});
