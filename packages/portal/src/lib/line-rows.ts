/**
 * Where lines of a fixed-width text stand when each may wrap into several rows. `tops[i]` is the first row of line i;
 * the last entry is the number of rows in all. Only what is visible is rendered, so this must not touch the DOM.
 */
export function rowTops(lines: readonly { readonly text: string }[], columns: number | null): Int32Array {
  const tops = new Int32Array(lines.length + 1);
  for (let index = 0; index < lines.length; index += 1) {
    const length = lines[index]?.text.length ?? 0;
    const rows = columns === null || length === 0 ? 1 : Math.ceil(length / columns);
    tops[index + 1] = (tops[index] ?? 0) + rows;
  }
  return tops;
}

/** The line that a row belongs to. */
export function lineAtRow(tops: Int32Array, row: number): number {
  let low = 0;
  let high = Math.max(0, tops.length - 2);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((tops[middle] ?? 0) <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}
