const [second, minute, hour] = [1000, 60_000, 3_600_000];

/** Before each further try: eleven in all, the last one a day after the first. */
const pauses = [
  ...[5 * second, 30 * second, 2 * minute, 10 * minute, 30 * minute],
  ...[hour, 2 * hour, 4 * hour, 8 * hour, 8 * hour + 20 * minute],
] as const;

/** After so many tries; undefined: that was the last. Spread a little, so that not all come at once. */
export function pauseAfter(attempts: number, random: () => number = Math.random): number | undefined {
  const pause = pauses[attempts - 1];
  return pause === undefined ? undefined : Math.round(pause * (0.9 + random() / 5));
}
