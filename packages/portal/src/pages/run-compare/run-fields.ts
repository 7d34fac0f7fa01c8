import type { ComparedRun } from "@pave/contract";
import { metricTitle } from "../../lib/group-metrics.ts";
import { directionOf, sortMetrics } from "../../lib/metric-direction.ts";

/** A metric or param by which runs can be laid out: `metrics.auc`, `params.depth`. */
export type FieldId = string;

type Valued = Pick<ComparedRun, "metrics" | "params">;

export const fieldLabel = (id: FieldId): string => {
  const name = id.slice(id.indexOf(".") + 1);
  return id.startsWith("metrics.") ? metricTitle(name) : name;
};

/** What a run has in a field: a number where it reads as one. */
export function fieldValue(run: Valued, id: FieldId): number | string | null {
  const name = id.slice(id.indexOf(".") + 1);
  if (id.startsWith("metrics.")) return run.metrics[name] ?? null;
  const text = run.params[name];
  if (text === undefined) return null;
  const number = text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : text;
}

/** Where the values of a field stand on an axis from 0 to 1. */
export type Axis = { readonly id: FieldId; readonly label: string } & (
  | {
      readonly type: "number";
      readonly domain: readonly [number, number];
      readonly isLog: boolean;
      readonly isFlat?: boolean;
    }
  | { readonly type: "text"; readonly values: readonly string[] }
);

/** Params that are so far apart are laid out by powers of ten, as learning rates are meant; metrics as they are. */
const logFrom = 100;

/** An axis of numbers where all runs have numbers or none, otherwise one of texts. */
export function axisOf(runs: readonly Valued[], id: FieldId): Axis {
  const label = fieldLabel(id);
  const known = runs.flatMap((run) => fieldValue(run, id) ?? []);
  const numbers = known.filter((value) => typeof value === "number");
  if (numbers.length < known.length)
    return { id, label, type: "text", values: [...new Set(known.map(String))].sort((a, b) => a.localeCompare(b)) };
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  if (numbers.length === 0) return { id, label, type: "text", values: [] };
  const isLog = id.startsWith("params.") && low > 0 && high / low >= logFrom;
  if (low === high) return { id, label, type: "number", domain: [low - 0.5, high + 0.5], isLog: false, isFlat: true };
  return { id, label, type: "number", domain: [low, high], isLog };
}

/** From 0 to 1; null where the run has no value there. */
export function placeOn(axis: Axis, value: number | string | null): number | null {
  if (value === null) return null;
  if (axis.type === "text") {
    const index = axis.values.indexOf(String(value));
    return index < 0 ? null : axis.values.length === 1 ? 0.5 : index / (axis.values.length - 1);
  }
  if (typeof value !== "number") return null;
  const [low, high] = axis.domain;
  return axis.isLog ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}

/** What the runs have and differ in, params before metrics, each in the order in which people look at them. */
export function fieldsOf(runs: readonly Valued[]): { readonly params: FieldId[]; readonly metrics: FieldId[] } {
  const names = (kind: "params" | "metrics") => [...new Set(runs.flatMap((run) => Object.keys(run[kind])))];
  const differs = (id: FieldId) => new Set(runs.map((run) => fieldValue(run, id))).size > 1;
  return {
    params: names("params")
      .sort()
      .map((name) => `params.${name}`)
      .filter(differs),
    metrics: sortMetrics(names("metrics")).map((name) => `metrics.${name}`),
  };
}

/** Whether two of the runs that have it differ in it. */
export const hasSpread = (runs: readonly Valued[], id: FieldId): boolean =>
  new Set(runs.flatMap((run) => fieldValue(run, id) ?? [])).size > 1;

const firstAxes = { params: 5, metrics: 2 };

/** Until somebody chooses: what the runs differ in, then the metrics that judge as a whole. */
export function defaultAxes(runs: readonly Valued[]): FieldId[] {
  const { params, metrics } = fieldsOf(runs);
  return [...params.slice(0, firstAxes.params), ...judging(metrics).slice(0, firstAxes.metrics)];
}

/** The fields as a menu has them. */
export const fieldChoices = ({ params, metrics }: ReturnType<typeof fieldsOf>) => [
  { group: "Params", items: params.map((value) => ({ value, label: fieldLabel(value) })) },
  { group: "Metrics", items: metrics.map((value) => ({ value, label: fieldLabel(value) })) },
];

/** Metrics that say how good something is, not how much there was. */
export const judging = (metrics: readonly FieldId[]): FieldId[] =>
  metrics.filter((id) => directionOf(id.slice("metrics.".length)) !== "neither");
