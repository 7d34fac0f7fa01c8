/**
 * A value as JSON has it: null where it is no number, or infinite. Clients' infinite values are kept as the largest
 * finite ones, as MLflow does it; whoever reads a chart or a table means no such number.
 */
export const numberShown = (value: number): number | null => (Math.abs(value) < Number.MAX_VALUE ? value : null);

/** The same in words. */
export const valueText = (value: number): string =>
  Math.abs(value) >= Number.MAX_VALUE ? (value > 0 ? "Infinity" : "-Infinity") : String(value);
