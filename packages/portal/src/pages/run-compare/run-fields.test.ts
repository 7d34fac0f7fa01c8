import { expect, test } from "vitest";
import { axisOf, defaultAxes, fieldsOf, fieldValue, placeOn } from "./run-fields.ts";

const run = (metrics: Record<string, number | null>, params: Record<string, string>) => ({ metrics, params });
const runs = [
  run({ auc: 0.7, rows: 5 }, { depth: "3", rate: "0.0001", model: "forest", same: "x" }),
  run({ auc: 0.9, rows: 5 }, { depth: "6", rate: "0.1", model: "linear", same: "x" }),
  run({ auc: null }, { depth: " ", model: "forest", same: "x" }),
];

test("a param that reads as a number is one, and what is blank is not", () => {
  expect(runs.map((one) => fieldValue(one, "params.depth"))).toEqual([3, 6, " "]);
  expect(runs.map((one) => fieldValue(one, "metrics.auc"))).toEqual([0.7, 0.9, null]);
});

test("axes are of numbers, of powers of ten where the numbers are far apart, or of texts", () => {
  expect(axisOf(runs, "metrics.auc")).toMatchObject({ type: "number", domain: [0.7, 0.9], isLog: false });
  expect(axisOf(runs, "params.rate")).toMatchObject({ type: "number", domain: [0.0001, 0.1], isLog: true });
  expect(axisOf(runs, "params.depth")).toMatchObject({ type: "text", values: [" ", "3", "6"] });
  expect(axisOf(runs, "params.model")).toMatchObject({ type: "text", values: ["forest", "linear"] });
  expect(axisOf(runs.slice(0, 1), "metrics.rows")).toMatchObject({ type: "number", domain: [4.5, 5.5] });
  expect(axisOf(runs, "params.nothing")).toMatchObject({ type: "text", values: [] });
});

test.each([
  ["params.rate", 0.0001, 0],
  ["params.rate", 0.1, 1],
  ["metrics.auc", 0.8, 0.5],
  ["metrics.auc", null, null],
  ["params.model", "linear", 1],
  ["params.same", "x", 0.5],
])("on the axis of %s, %s stands at %s", (id, value, place) => {
  const at = placeOn(axisOf(runs, id), value);
  if (place === null) expect(at).toBeNull();
  else expect(at).toBeCloseTo(place, 9);
});

test("the first axes are params that differ and metrics that judge", () => {
  expect(fieldsOf(runs)).toEqual({
    params: ["params.depth", "params.model", "params.rate"],
    metrics: ["metrics.auc", "metrics.rows"],
  });
  expect(defaultAxes(runs)).toEqual(["params.depth", "params.model", "params.rate", "metrics.auc"]);
});
