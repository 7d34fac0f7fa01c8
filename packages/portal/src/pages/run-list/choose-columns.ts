import type { TrackedRunSummary } from "@pave/contract";
import { directionOf, sortMetrics } from "../../lib/metric-direction.ts";

/** `metrics.x` and `params.x`, as in the grammar of filters. */
export interface RunColumns {
  readonly metrics: readonly string[];
  readonly params: readonly string[];
}

const defaults = { metrics: 4, params: 3 };

export const isRunColumns = (value: unknown): value is RunColumns => {
  const { metrics, params } = (value ?? {}) as Partial<RunColumns>;
  const isList = (list: unknown) => Array.isArray(list) && list.every((name) => typeof name === "string");
  return isList(metrics) && isList(params);
};

/** All that the runs have, metrics as people look at them. */
export const columnsOf = (runs: readonly TrackedRunSummary[]): RunColumns => ({
  metrics: sortMetrics([...new Set(runs.flatMap(({ metrics }) => Object.keys(metrics)))]),
  params: [...new Set(runs.flatMap(({ params }) => Object.keys(params)))].sort(),
});

/** Until somebody chooses: the metrics that judge as a whole, and the params that tell these runs apart. */
export function defaultColumns(runs: readonly TrackedRunSummary[]): RunColumns {
  const { metrics, params } = columnsOf(runs);
  // a param that only some runs have tells pipelines and clients apart, which the list does anyway
  const differs = (name: string) => new Set(runs.flatMap((run) => run.params[name] ?? [])).size > 1;
  return {
    metrics: metrics.filter((name) => directionOf(name) !== "neither").slice(0, defaults.metrics),
    params: params.filter(differs).slice(0, defaults.params),
  };
}

/** The value that no other run betters; null where only one has any, or all are alike. */
export function bestOf(name: string, values: readonly (number | null | undefined)[]): number | null {
  const known = values.filter((value) => typeof value === "number");
  const direction = directionOf(name);
  if (direction === "neither" || known.length < 2 || new Set(known).size < 2) return null;
  return direction === "higher" ? Math.max(...known) : Math.min(...known);
}
