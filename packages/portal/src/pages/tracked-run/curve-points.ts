import type { RunCurves } from "@pave/contract";
import { type CurveLine, curveLine } from "../../lib/curve-lines.ts";
import { count, duration, metric } from "../../lib/format.ts";
import type { TrackedSearch } from "./tracked-search.ts";

export type Curve = RunCurves["items"][number];

/** Over steps, or over seconds since its first point. */
export const lineOf = ({ points }: Curve, { x, log = false, smooth = 0 }: TrackedSearch): CurveLine =>
  curveLine(
    points.map(({ step, at, value }) => [step, at, value]),
    { x: x === "time" ? "relative" : "step", weight: smooth, isXLog: false, isYLog: log },
  );

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
