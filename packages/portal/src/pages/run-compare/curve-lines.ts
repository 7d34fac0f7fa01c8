import type { CurvePoint } from "@pave/contract";
import { smooth } from "../../lib/smooth.ts";
import type { CurveX } from "./compare-search.ts";

export type LinePoint = readonly [x: number, y: number];

/** A run's curve as it is drawn: what was logged, and smoothed. */
export interface CurveLine {
  readonly raw: readonly LinePoint[];
  readonly smoothed: readonly LinePoint[];
}

/**
 * By step, by time (milliseconds since 1970) or by seconds since the run's first point. On an axis by powers of ten only
 * what is above zero has a place. Smoothing takes the points as they follow each other, wherever they are drawn.
 */
export function curveLine(
  points: readonly CurvePoint[],
  options: { readonly x: CurveX; readonly weight: number; readonly isXLog: boolean; readonly isYLog: boolean },
): CurveLine {
  const { x, weight, isXLog, isYLog } = options;
  const start = points[0]?.[1] ?? 0;
  const place = ([step, time]: CurvePoint): number =>
    x === "step" ? step : x === "time" ? time : (time - start) / 1000;
  const draw = (values: readonly (number | null)[]): LinePoint[] =>
    points.flatMap((point, index) => {
      const [at, value] = [place(point), values[index]];
      if (value === null || value === undefined) return [];
      return (isXLog && !(at > 0)) || (isYLog && !(value > 0)) ? [] : [[at, value] as const];
    });
  const values = points.map(([, , value]) => value);
  return { raw: draw(values), smoothed: weight > 0 ? draw(smooth(values, weight)) : draw(values) };
}

/** The point nearest to a place; points are in the order of their places. */
export function nearestPoint(points: readonly LinePoint[], x: number): LinePoint | undefined {
  let [low, high] = [0, points.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.[0] ?? 0) < x) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [points[low - 1], points[low]];
  if (!before || !after) return after ?? before;
  return x - before[0] <= after[0] - x ? before : after;
}
