import type { MetricPoint } from "./log-tracked.ts";

export interface RunPoints {
  readonly runId: string;
  readonly points: readonly MetricPoint[];
}

export interface SortedPoint {
  readonly runId: string;
  readonly point: MetricPoint;
  /** The largest (step, time, value) of its run and key in this list. */
  readonly isLatest: boolean;
}

/** By run, key, step, time and value, each point once. */
export function sortPoints(batches: readonly RunPoints[]): SortedPoint[] {
  const all = batches.flatMap(({ runId, points }) => points.map((point) => ({ runId, point })));
  const sorted = all.sort(
    (a, b) =>
      compareTexts(a.runId, b.runId) || compareTexts(a.point.key, b.point.key) || comparePoints(a.point, b.point),
  );
  return sorted.flatMap(({ runId, point }, index) => {
    const next = sorted[index + 1];
    const isLatest = next?.runId !== runId || next.point.key !== point.key;
    return !isLatest && comparePoints(point, next.point) === 0 ? [] : [{ runId, point, isLatest }];
  });
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const comparePoints = (a: MetricPoint, b: MetricPoint): number =>
  a.step - b.step || a.time.getTime() - b.time.getTime() || compareValues(a.value, b.value);

/** As the database does it: NaN is larger than all others, and equal to itself. */
function compareValues(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a < b ? -1 : a > b ? 1 : 0;
}
