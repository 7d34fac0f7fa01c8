/** Ages of labels in buckets that grow by the square root of 2, from a second to three years. */
const buckets = 54;

export const ageBucket = (seconds: number): number =>
  Math.min(buckets - 1, Math.max(0, Math.floor(2 * Math.log2(1 + Math.max(0, seconds)))));

/** The age in seconds that a share `q` of labels does not exceed, at most two fifths too much. */
export function ageQuantile(ages: readonly number[], q: number): number | undefined {
  const all = ages.reduce((sum, count) => sum + count, 0);
  if (all === 0) return undefined;
  let seen = 0;
  for (const [bucket, count] of ages.entries()) {
    seen += count;
    if (seen >= q * all) return Math.round(2 ** ((bucket + 1) / 2) - 1);
  }
  return undefined;
}
