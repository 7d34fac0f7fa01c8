/**
 * An exponential moving average: each value is the average of those before it, the nearer the heavier. `weight` is from 0
 * (as it is) to below 1 (nothing moves). The first values are not drawn to zero: what was not there yet has no weight.
 */
export function smooth(values: readonly (number | null)[], weight: number): (number | null)[] {
  if (weight <= 0) return [...values];
  let [last, seen] = [0, 0];
  return values.map((value) => {
    if (value === null) return null;
    last = last * weight + (1 - weight) * value;
    seen += 1;
    return last / (1 - weight ** seen);
  });
}
