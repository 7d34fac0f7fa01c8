/** Two rows of counts over the same cells. */
export interface CellPair {
  readonly reference: readonly number[];
  readonly current: readonly number[];
}

export interface PoolOptions {
  /** Ordered cells join their neighbours; others join all in one cell for the rest. */
  readonly isOrdered: boolean;
  /** Rows that chance alone must put in a cell, on either side. */
  readonly minimumExpected?: number;
  /** Rows that a cell of unordered ones must have on both sides together. */
  readonly minimumRows?: number;
  /** Rows of both sides that have no cell of their own. */
  readonly rest?: readonly [reference: number, current: number];
}

/**
 * Joins cells until each is well filled, so that the laws of chi-square and PSI hold and no logarithm meets a zero by
 * accident. What is joined depends on the sums of both sides, which a test of whether they differ takes as given; only
 * a cell that the shorter side fills twice over, as chance hardly ever does, stands alone whatever the other side has
 * in it. No row is lost; cells that neither side has rows in vanish.
 */
export function poolCells(
  pair: CellPair,
  { isOrdered, minimumExpected = 10, minimumRows = 0, rest = [0, 0] }: PoolOptions,
): CellPair {
  const n = sum(pair.reference) + rest[0];
  const m = sum(pair.current) + rest[1];
  if (n === 0 || m === 0) return { reference: [n], current: [m] };
  const needed = (minimumExpected * (n + m)) / Math.min(n, m);
  const isFilled = (a: number, b: number) => a + b >= needed || (m < n ? b : a) >= 2 * minimumExpected;

  const reference: number[] = [];
  const current: number[] = [];
  // rows that wait for a cell: ordered ones for the next of them, others for the rest
  let [first, second] = [0, 0];
  for (const [cell, a] of pair.reference.entries()) {
    const b = pair.current[cell] ?? 0;
    const x = isOrdered ? first : 0;
    const y = isOrdered ? second : 0;
    if (a + b >= minimumRows && isFilled(x + a, y + b)) {
      reference.push(x + a);
      current.push(y + b);
      first -= x;
      second -= y;
    } else {
      first += a;
      second += b;
    }
  }
  first += rest[0];
  second += rest[1];
  if (reference.length === 0 || isFilled(first, second)) {
    return { reference: [...reference, first], current: [...current, second] };
  }
  return { reference: addToLast(reference, first), current: addToLast(current, second) };
}

const addToLast = (counts: number[], rows: number): number[] => counts.with(-1, (counts.at(-1) ?? 0) + rows);

export const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
