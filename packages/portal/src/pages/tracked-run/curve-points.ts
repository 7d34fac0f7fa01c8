import type { RunCurves } from "@pave/contract";
import { count, duration, metric } from "../../lib/format.ts";
import type { CurvePoint } from "../../lib/smooth-points.ts";
import type { TrackedSearch } from "./tracked-search.ts";

export type Curve = RunCurves["items"][number];

/** Over steps, or over seconds since its first point. What is no number has no place. */
export function pointsOf({ points }: Curve, { x, log }: TrackedSearch): CurvePoint[] {
  const start = Math.min(...points.map(({ at }) => at));
  return points.flatMap(({ step, value, at }) =>
    value === null || (log && value <= 0) ? [] : [{ x: x === "time" ? (at - start) / 1000 : step, y: value }],
  );
}

/** The newest value, the lowest and the highest. */
export function curveText({ points, total }: Curve): string {
  const values = points.flatMap(({ value }) => value ?? []);
  const last = points.at(-1);
  if (values.length === 0 || !last) return "no numbers";
  const latest = last.value === null ? "no number" : metric(last.value);
  const range = `from ${metric(Math.min(...values))} to ${metric(Math.max(...values))}`;
  return `${latest} at step ${count(last.step)}; ${range}, ${count(total)} points`;
}

export const xText = (search: TrackedSearch, value: number): string =>
  search.x === "time" ? duration(Math.round(value)) : count(Math.round(value));
