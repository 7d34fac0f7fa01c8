/** The statistics of the values themselves, to check what cells make of them. Both sides ascend. */

export function exactKolmogorovSmirnov(a: Float64Array, b: Float64Array): number {
  return steps(a, b).reduce((largest, { difference }) => Math.max(largest, Math.abs(difference)), 0);
}

export function exactWasserstein(a: Float64Array, b: Float64Array): number {
  return steps(a, b).reduce((area, { difference, width }) => area + Math.abs(difference) * width, 0);
}

/** The difference of the two cumulated distributions from each value to the next. */
function steps(a: Float64Array, b: Float64Array): { difference: number; width: number }[] {
  const all = Float64Array.from([...a, ...b]).sort();
  const below = (values: Float64Array, limit: number) =>
    values.filter((value) => value <= limit).length / values.length;
  return Array.from(all, (value, index) => ({
    difference: below(a, value) - below(b, value),
    width: (all[index + 1] ?? value) - value,
  }));
}
