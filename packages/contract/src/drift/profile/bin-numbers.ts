export interface NumericBins {
  readonly bounds: number[];
  readonly points: number[];
  readonly counts: number[];
}

/**
 * Cells for ascending values: one for each value that a tenth of them or more share, quantiles between those in
 * proportion to the mass, and two open cells beyond `range`. Bounds lie midway between neighbours, and a point's cell
 * reaches as far as rounding to float32 does, so that a value counts the same whether it came as float64 or as float32.
 */
export function binNumbers(values: Float64Array, range: { min: number; max: number }, wanted = 10): NumericBins {
  const bounds: number[] = [];
  const points: number[] = [];
  const push = (bound: number) => {
    if (bounds.length === 0 || bound > (bounds.at(-1) ?? bound)) bounds.push(bound);
  };

  push(range.min - rounding(range.min));
  let from = 0;
  for (const { start, end, value } of runsOf(values)) {
    if (end - start < Math.max(2, values.length / wanted)) continue;
    for (const bound of innerBounds(values, from, start, wanted)) push(bound);
    push(Math.max(value - rounding(value), start > 0 ? between(at(values, start - 1), value) : -Infinity));
    push(Math.min(value + rounding(value), end < values.length ? between(value, at(values, end)) : Infinity));
    points.push(value);
    from = end;
  }
  for (const bound of innerBounds(values, from, values.length, wanted)) push(bound);
  push(range.max + rounding(range.max));
  return { bounds, points, counts: countInto(bounds, values) };
}

const at = (values: Float64Array, index: number): number => values[index] ?? Number.NaN;

/** A few times what rounding to float32 moves a value; for 0 the smallest number there is. */
const rounding = (value: number): number => Math.max(Math.abs(value) * 2 ** -22, Number.MIN_VALUE);

/** A bound that `low` lies at or below, and `high` above. */
function between(low: number, high: number): number {
  const middle = low + (high - low) / 2;
  return middle < high ? middle : low;
}

function* runsOf(values: Float64Array): Generator<{ start: number; end: number; value: number }> {
  for (let start = 0; start < values.length; ) {
    let end = start + 1;
    while (end < values.length && values[end] === values[start]) end += 1;
    yield { start, end, value: at(values, start) };
    start = end;
  }
}

/** Splits the values from `from` to `to` into parts of like size, moving each cut to the nearest change of value. */
function innerBounds(values: Float64Array, from: number, to: number, wanted: number): number[] {
  const parts = Math.max(1, Math.round(((to - from) / values.length) * wanted));
  const bounds: number[] = [];
  for (let part = 1; part < parts; part += 1) {
    const cut = from + Math.round(((to - from) * part) / parts);
    let [down, up] = [cut, cut];
    while (down > from && values[down - 1] === values[cut]) down -= 1;
    while (up < to && values[up] === values[cut]) up += 1;
    const nearest = down > from && (cut - down <= up - cut || up >= to) ? down : up;
    if (nearest > from && nearest < to) bounds.push(between(at(values, nearest - 1), at(values, nearest)));
  }
  return bounds;
}

/** Counts ascending values in the cells between bounds. */
export function countInto(bounds: readonly number[], values: Float64Array): number[] {
  const counts = new Array<number>(bounds.length + 1).fill(0);
  let cell = 0;
  for (const value of values) {
    while (cell < bounds.length && value > (bounds[cell] ?? value)) cell += 1;
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  return counts;
}
