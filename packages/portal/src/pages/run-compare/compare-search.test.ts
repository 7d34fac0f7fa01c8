import { expect, test } from "vitest";
import { brushesOf, brushText, curveXOf, parseCompareSearch, smoothingOf, viewOf } from "./compare-search.ts";

test("a URL says only what it can mean", () => {
  expect(parseCompareSearch({ ids: 5, view: "curves", x: "", other: "y", smooth: 60 })).toEqual({
    ids: "5",
    view: "curves",
    smooth: "60",
  });
  expect([viewOf({ view: "nonsense" }), viewOf({ view: "scatter" })]).toEqual(["table", "scatter"]);
  expect([curveXOf({ x: "time" }), curveXOf({ x: "nonsense" }), curveXOf({})]).toEqual(["time", "step", "step"]);
});

test.each([
  [undefined, 0],
  ["60", 0.6],
  ["150", 0.99],
  ["-3", 0],
  ["x", 0],
])("a smoothing of %s is %s", (smooth, weight) => {
  expect(smoothingOf(smooth === undefined ? {} : { smooth })).toBe(weight);
});

test("what was brushed is written and read again, also of names with colons", () => {
  const brushes = new Map<string, readonly [number, number]>([
    ["params.depth", [0.25, 1]],
    ["metrics.a:b", [0, 0.3333]],
  ]);
  expect(brushText(brushes)).toBe("params.depth:0.25:1;metrics.a:b:0:0.333");
  expect([...brushesOf(brushText(brushes))]).toEqual([
    ["params.depth", [0.25, 1]],
    ["metrics.a:b", [0, 0.333]],
  ]);
  expect([brushesOf("x:1:0").size, brushesOf("x:0:2").size, brushesOf("nonsense").size, brushText(new Map())]).toEqual([
    0,
    0,
    0,
    undefined,
  ]);
});
