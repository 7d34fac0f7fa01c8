import type { TrackedRunSummary } from "@pave/contract";
import { expect, test } from "vitest";
import { bestOf, defaultColumns, isRunColumns } from "./choose-columns.ts";

const run = (metrics: Record<string, number>, params: Record<string, string>) =>
  ({ metrics, params }) as unknown as TrackedRunSummary;

test("first shown are the metrics that judge, and the params in which runs differ", () => {
  const runs = [
    run({ rows: 5, roc_auc: 0.7, brier: 0.2 }, { depth: "3", target: "late" }),
    run({ roc_auc: 0.8 }, { depth: "6", target: "late" }),
  ];
  expect(defaultColumns(runs)).toEqual({ metrics: ["roc_auc", "brier"], params: ["depth"] });
  expect(defaultColumns([])).toEqual({ metrics: [], params: [] });
});

test.each([
  ["roc_auc", [0.7, 0.9, null], 0.9],
  ["loss", [0.7, 0.2, undefined], 0.2],
  ["rows", [1, 2], null],
  ["roc_auc", [0.7], null],
  ["roc_auc", [0.7, 0.7], null],
] as const)("the best %s of %j is %s", (name, values, best) => {
  expect(bestOf(name, values)).toBe(best);
});

test("only lists of names are columns", () => {
  expect([{ metrics: ["a"], params: [] }, { metrics: [1], params: [] }, null, "x"].map(isRunColumns)).toEqual([
    true,
    false,
    false,
    false,
  ]);
});
