import type { RunKeys, TrackedRunSummary } from "@pave/contract";
import { directionOf, sortMetrics } from "../../lib/metric-direction.ts";

/** What every run has, beside its name: always the first column. */
export const fixedColumns = {
  state: "State",
  started: "Started",
  author: "By",
  took: "Took",
  code: "Code",
  experiment: "Experiment",
  note: "Note",
} as const;
type FixedColumn = keyof typeof fixedColumns;

/** A column by its id: one of the fixed ones, or `metrics.x`, `params.x`, `tags.x`. */
export type ColumnId = string;

const defaults = { fixed: ["state", "started", "took", "code"], metrics: 4, params: 3 } as const;

export const isFixedColumn = (id: ColumnId): id is FixedColumn => Object.hasOwn(fixedColumns, id);

/** `metrics.x` as kind and name; null of a fixed column. */
export function keyedColumn(id: ColumnId): { kind: "metrics" | "params" | "tags"; name: string } | null {
  const found = /^(metrics|params|tags)\.(.+)$/s.exec(id);
  return found ? { kind: found[1] as "metrics" | "params" | "tags", name: found[2] ?? "" } : null;
}

const isColumn = (id: unknown): id is ColumnId =>
  typeof id === "string" && !id.includes(",") && (isFixedColumn(id) || keyedColumn(id) !== null);

export const isColumnList = (value: unknown): value is readonly ColumnId[] =>
  Array.isArray(value) && value.every(isColumn);

/** Columns as the URL has them; what names none is left out, and none at all is no choice. */
export function parseColumns(text: string | undefined): readonly ColumnId[] | undefined {
  const columns = [...new Set(text?.split(","))].filter(isColumn);
  return columns.length === 0 ? undefined : columns;
}

/** What of metrics, params and tags the server is asked for. */
export const keyedOnly = (columns: readonly ColumnId[]): string =>
  columns.filter((id) => keyedColumn(id) !== null).join(",");

/** Until somebody chooses: the metrics that judge as a whole, and the params that tell these runs apart. */
export function defaultColumns(runs: readonly Pick<TrackedRunSummary, "metrics" | "params">[]): readonly ColumnId[] {
  const metrics = sortMetrics([...new Set(runs.flatMap(({ metrics }) => Object.keys(metrics)))]);
  const params = [...new Set(runs.flatMap(({ params }) => Object.keys(params)))].sort();
  // a param that only some runs have tells pipelines and clients apart, which the list does anyway
  const differs = (name: string) => new Set(runs.flatMap((run) => run.params[name] ?? [])).size > 1;
  return [
    ...defaults.fixed,
    ...metrics
      .filter((name) => directionOf(name) !== "neither")
      .slice(0, defaults.metrics)
      .map((name) => `metrics.${name}`),
    ...params
      .filter(differs)
      .slice(0, defaults.params)
      .map((name) => `params.${name}`),
  ].filter((id) => !id.includes(","));
}

/** All that can be chosen: what the project's runs have, and what is shown though none of them has it. */
export function choosableColumns(keys: RunKeys | undefined, shown: readonly ColumnId[]) {
  const of = (kind: "metrics" | "params" | "tags") =>
    [
      ...new Set([
        ...(keys?.[kind] ?? []).map(({ name }) => `${kind}.${name}`),
        ...shown.filter((id) => id.startsWith(`${kind}.`)),
      ]),
    ].filter((id) => !id.includes(","));
  return { fixed: Object.keys(fixedColumns), metrics: of("metrics"), params: of("params"), tags: of("tags") };
}

/** One column a place further; what is at the edge stays. */
export function movedColumn(columns: readonly ColumnId[], id: ColumnId, by: -1 | 1): readonly ColumnId[] {
  const from = columns.indexOf(id);
  const to = from + by;
  if (from < 0 || to < 0 || to >= columns.length) return columns;
  return columns.with(from, columns[to] ?? id).with(to, id);
}
