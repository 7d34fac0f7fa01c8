import { expect, test } from "vitest";
import { changedSearch, countText, nextOrder, orderedMetric, parseRunSearch, queryOf } from "./run-search.ts";

test.each([
  [{}, { show: "top" }],
  [{ filter: "forest" }, { filter: "run_name ILIKE '%forest%'", show: "top" }],
  [{ filter: "it's in" }, { filter: "run_name ILIKE '%it''s in%'", show: "top" }],
  [{ filter: " metrics.auc > 0.9 " }, { filter: "metrics.auc > 0.9", show: "top" }],
  [{ filter: "params.depth IS NULL" }, { filter: "params.depth IS NULL", show: "top" }],
  [{ filter: "NOT (tags.team LIK" }, { filter: "NOT (tags.team LIK", show: "top" }],
  [
    { filter: "metrics.auc>0.9", state: "FAILED", show: "client", order: "metrics.auc DESC" },
    { filter: "metrics.auc>0.9", state: "FAILED", show: "client", order: "metrics.auc DESC" },
  ],
  [{ state: "x' OR 1", show: "nothing" }, { show: "top" }],
])("%j asks the server for %j", (search, query) => {
  expect(queryOf(search)).toEqual(query);
});

test("a URL says only what it can mean", () => {
  expect(parseRunSearch({ filter: 5, order: "a DESC", page: "50", state: "", by: ["x"] })).toEqual({
    filter: "5",
    order: "a DESC",
  });
  expect(changedSearch({ filter: "a", by: "parent" }, { filter: undefined, show: "all" })).toEqual({
    by: "parent",
    show: "all",
  });
});

test("a column sorts by what is better first, then the other way, then not", () => {
  const first = nextOrder(undefined, "metrics.loss", "ASC");
  const second = nextOrder(first, "metrics.loss", "ASC");
  expect([first, second, nextOrder(second, "metrics.loss", "ASC")]).toEqual([
    "metrics.loss ASC",
    "metrics.loss DESC",
    undefined,
  ]);
});

test("an order by a metric names it", () => {
  expect(
    ["metrics.`log loss` ASC", "metrics.auc DESC", "attributes.run_name ASC", undefined].map(orderedMetric),
  ).toEqual(["log loss", "auc", undefined, undefined]);
});

test.each([
  [{ count: 0, atLeast: false }, "0 runs"],
  [{ count: 1, atLeast: false }, "1 run"],
  [{ count: 20_000, atLeast: true }, "more than 20,000 runs"],
])("%j reads as %s", (total, text) => {
  expect(countText(total)).toBe(text);
});
