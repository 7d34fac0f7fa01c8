import type { CurvePoint } from "@pave/contract";
import { smooth } from "./smooth.ts";

/** By steps, by time (milliseconds since 1970), or by seconds since the first point. */
export type CurveX = "step" | "time" | "relative";

/** A place without a number is a gap. */
type LinePoint = readonly [x: number, y: number | null];

/** A curve as it is drawn: what was logged, and that smoothed, at the same places. */
export interface CurveLine {
  readonly raw: readonly LinePoint[];
  readonly smoothed: readonly LinePoint[];
}

/** What is further from zero cannot be laid out beside other numbers. */
const furthest = 1e300;

/**
 * What is no number leaves a gap, and so does what an axis by powers of ten has no place for: it takes what is above zero.
 * Smoothing takes the points as they follow each other, wherever they are drawn.
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
      const [at, value = null] = [place(point), values[index]];
      if (isXLog && !(at > 0)) return [];
      const hasPlace = value !== null && Math.abs(value) < furthest && (!isYLog || value > 1 / furthest);
      return [[at, hasPlace ? value : null] as const];
    });
  const values = points.map(([, , value]) => value);
  return { raw: draw(values), smoothed: draw(weight > 0 ? smooth(values, weight) : values) };
}

/** The numbers of a line, without its gaps. */
export const numbersOf = (line: readonly LinePoint[]): number[] => line.flatMap(([, y]) => y ?? []);

/** Which point is nearest to a place; points are in the order of their places. -1 of none. */
export function nearestIndex(points: readonly LinePoint[], x: number): number {
  let [low, high] = [0, points.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.[0] ?? 0) < x) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [points[low - 1], points[low]];
  if (!before || !after) return points.length === 0 ? -1 : low;
  return x - before[0] <= after[0] - x ? low - 1 : low;
}
