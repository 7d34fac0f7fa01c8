import type { ComparedRun } from "@pave/contract";
import { sortMetrics } from "../../lib/metric-direction.ts";

/** Names of what at least one of the runs has, with whether all have the same. */
export interface NamedRow {
  readonly name: string;
  readonly differs: boolean;
}

export const paramRows = (runs: readonly ComparedRun[]): NamedRow[] =>
  [...new Set(runs.flatMap(({ params }) => Object.keys(params)))]
    .sort()
    .map((name) => ({ name, differs: new Set(runs.map(({ params }) => params[name] ?? null)).size > 1 }));

export const metricNames = (runs: readonly ComparedRun[]): string[] =>
  sortMetrics([...new Set(runs.flatMap(({ metrics }) => Object.keys(metrics)))]);

/** Datasets by name, each with its digest per run: where the data of two runs differ. */
export const datasetRows = (runs: readonly ComparedRun[]): NamedRow[] =>
  [...new Set(runs.flatMap(({ datasets }) => datasets.map(({ name }) => name)))].map((name) => ({
    name,
    differs: new Set(runs.map((run) => digestOf(run, name))).size > 1,
  }));

export const digestOf = (run: ComparedRun, dataset: string): string | null =>
  run.datasets.find(({ name }) => name === dataset)?.digest ?? null;
