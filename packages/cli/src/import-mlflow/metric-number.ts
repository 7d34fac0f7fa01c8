const named = ["NaN", "Infinity", "-Infinity"] as const;

/** A number, or the name of one that JSON cannot write. */
export const metricNumber = (value: number | string): number | (typeof named)[number] =>
  named.find((name) => name === value) ?? Number(value);
