import { type CellPair, sum } from "./pool-cells.ts";

/** The values around the cells. */
export interface Surroundings {
  /** Smallest and largest value of both sides: where the open cells end. */
  readonly min: number;
  readonly max: number;
  /** Current less reference. */
  readonly meanDifference: number;
}

/**
 * Wasserstein-1 distance (how far rows have to move, on average) over the cells of a numeric column, in units of the
 * values: the area between the two cumulated distributions, each drawn as straight lines within cells.
 *
 * Straight lines overrate wide outer cells, by 15 % for a normal distribution that moves half a standard deviation. But
 * where all rows move one way the distance *is* the difference of the means, which is known exactly: the area is
 * corrected towards it, by as much as the rows move one way.
 */
export function wasserstein(pair: CellPair, bounds: readonly number[], around: Surroundings): number {
  const [n, m] = [sum(pair.reference), sum(pair.current)];
  const first = Math.min(around.min, bounds[0] ?? around.min);
  const ends = [first, ...bounds, Math.max(around.max, bounds.at(-1) ?? around.max)];
  let [area, oneWay, below] = [0, 0, 0];
  for (const [index, count] of pair.reference.entries()) {
    const width = (ends[index + 1] ?? 0) - (ends[index] ?? 0);
    const after = below + count / n - (pair.current[index] ?? 0) / m;
    area += width * meanAbsolute(below, after);
    oneWay += (width * (below + after)) / 2;
    below = after;
  }
  if (area === 0) return 0;
  const share = Math.abs(oneWay) / area;
  return Math.max(0, area + share * (Math.abs(around.meanDifference) - Math.abs(oneWay)));
}

/** The mean of |y| along a straight line from `a` to `b`. */
function meanAbsolute(a: number, b: number): number {
  if (a * b >= 0) return Math.abs(a + b) / 2;
  return (a * a + b * b) / (2 * Math.abs(a - b));
}
