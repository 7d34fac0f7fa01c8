import { expect, test } from "vitest";
import {
  choosableColumns,
  defaultColumns,
  isColumnList,
  keyedOnly,
  movedColumn,
  parseColumns,
} from "./choose-columns.ts";

test("first shown are the metrics that judge, and the params in which runs differ", () => {
  const runs = [
    { metrics: { rows: 5, roc_auc: 0.7, brier: 0.2 }, params: { depth: "3", target: "late" } },
    { metrics: { roc_auc: 0.8 }, params: { depth: "6", target: "late" } },
  ];
  const fixed = ["state", "started", "took", "code"];
  expect(defaultColumns(runs)).toEqual([...fixed, "metrics.roc_auc", "metrics.brier", "params.depth"]);
  expect(defaultColumns([])).toEqual(fixed);
});

test("only lists of names are columns, in the browser's memory and in the URL", () => {
  expect([["state", "metrics.a"], ["nothing"], [1], null, "x", ["params."]].map(isColumnList)).toEqual([
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
  expect(parseColumns("state,params.a b,nonsense,state")).toEqual(["state", "params.a b"]);
  expect([parseColumns("nonsense"), parseColumns(undefined)]).toEqual([undefined, undefined]);
});

test("the server is asked for metrics, params and tags alone", () => {
  expect(keyedOnly(["state", "metrics.a", "tags.t"])).toBe("metrics.a,tags.t");
});

test("what is shown can be chosen away though no run has it now", () => {
  const keys = { metrics: [{ name: "a", runs: 2 }], params: [], tags: [{ name: "t", runs: 1 }] };
  expect(choosableColumns(keys, ["metrics.gone", "state"])).toMatchObject({
    metrics: ["metrics.a", "metrics.gone"],
    params: [],
    tags: ["tags.t"],
  });
});

test.each([
  ["b", -1, ["b", "a", "c"]],
  ["b", 1, ["a", "c", "b"]],
  ["a", -1, ["a", "b", "c"]],
  ["c", 1, ["a", "b", "c"]],
  ["x", 1, ["a", "b", "c"]],
] as const)("%s moved by %i", (id, by, columns) => {
  expect(movedColumn(["a", "b", "c"], id, by)).toEqual(columns);
});
