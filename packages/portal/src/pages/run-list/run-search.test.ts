import { expect, test } from "vitest";
import { nextOrder, parseRunSearch, queryOf } from "./run-search.ts";

test.each([
  [{}, { show: "top", after: 0 }],
  [{ filter: "forest" }, { filter: "run_name ILIKE '%forest%'", show: "top", after: 0 }],
  [{ filter: "it's in" }, { filter: "run_name ILIKE '%it''s in%'", show: "top", after: 0 }],
  [{ filter: " metrics.auc > 0.9 " }, { filter: "metrics.auc > 0.9", show: "top", after: 0 }],
  [{ filter: "params.depth IS NULL" }, { filter: "params.depth IS NULL", show: "top", after: 0 }],
  [
    { filter: "metrics.auc>0.9", state: "FAILED", show: "client", order: "metrics.auc DESC", after: 50 },
    {
      filter: "metrics.auc>0.9 AND status = 'FAILED'",
      show: "client",
      order: "metrics.auc DESC",
      after: 50,
    },
  ],
  [
    { filter: "metrics.auc > 0.9 or params.a = '1'", state: "FAILED" },
    { filter: "(metrics.auc > 0.9 or params.a = '1') AND status = 'FAILED'", show: "top", after: 0 },
  ],
  [
    { state: "x' OR 1", show: "nothing" },
    { show: "top", after: 0 },
  ],
])("%j asks the server for %j", (search, query) => {
  expect(queryOf(search)).toEqual(query);
});

test("a URL says only what it can mean", () => {
  expect(parseRunSearch({ filter: 5, order: "a DESC", after: "50", state: "" })).toEqual({
    order: "a DESC",
    after: 50,
  });
  expect(parseRunSearch({ after: "-3" })).toEqual({});
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
