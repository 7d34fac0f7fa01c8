import type { ComparedRun } from "@pave/contract";
import { expect, test } from "vitest";
import { datasetRows, metricNames, paramRows } from "./rows.ts";

const run = (part: Partial<ComparedRun>) => ({ params: {}, metrics: {}, datasets: [], ...part }) as ComparedRun;

test("params, metrics and data of runs stand beside each other, with what differs", () => {
  const dataset = (digest: string) => [{ name: "split.train", digest, context: null }];
  const runs = [
    run({ params: { depth: "3", target: "late" }, metrics: { loss: 1 }, datasets: dataset("a") }),
    run({ params: { target: "late", seed: "1" }, metrics: { roc_auc: 0.7, rows: 3 }, datasets: dataset("b") }),
  ];
  expect(paramRows(runs)).toEqual([
    { name: "depth", differs: true },
    { name: "seed", differs: true },
    { name: "target", differs: false },
  ]);
  expect(metricNames(runs)).toEqual(["roc_auc", "loss", "rows"]);
  expect(datasetRows(runs)).toEqual([{ name: "split.train", differs: true }]);
  expect(datasetRows([runs[0] as ComparedRun])).toEqual([{ name: "split.train", differs: false }]);
});
