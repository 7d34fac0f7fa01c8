export type Direction = "higher" | "lower" | "neither";

const lower = ["loss", "brier", "error", "rmse", "mae", "mse", "mape", "latency", "ms", "seconds", "perplexity"];
const neither = [
  ...["rows", "positive_rate", "predicted_mean", "threshold", "support"],
  ...["learning_rate", "lr", "epoch", "step", "steps", "grad_norm"],
];

/** Which way a metric is better, as far as its name tells; `neither` says how much there was, not how good it is. */
export function directionOf(name: string): Direction {
  const plain = name.toLowerCase();
  // how busy a machine is judges no model
  if (plain.startsWith("system/") || plain.startsWith("count")) return "neither";
  // also with what it was measured on before it: `train_rows`, `train/rows`
  if (neither.some((name) => plain === name || plain.endsWith(`_${name}`) || plain.endsWith(`/${name}`)))
    return "neither";
  return plain.split(/[_\W]+/).some((word) => lower.includes(word)) ? "lower" : "higher";
}

const first = ["roc_auc", "average_precision", "log_loss", "brier", "expected_calibration_error", "accuracy", "f1"];

/** Metrics in the order people look at them: those that judge as a whole, the others by name, then the counts. */
export function sortMetrics(names: readonly string[]): string[] {
  const rank = (name: string): number => {
    if (directionOf(name) === "neither") return first.length + 1;
    return first.includes(name) ? first.indexOf(name) : first.length;
  };
  return names.toSorted((a, b) => rank(a) - rank(b) || a.localeCompare(b, "en", { numeric: true }));
}

/** What a difference means: `same` also where it is too small to show. */
export function judgeDifference(name: string, candidate: number, champion: number): "better" | "worse" | "same" {
  const difference = candidate - champion;
  const direction = directionOf(name);
  if (direction === "neither" || Math.abs(difference) < 5e-5) return "same";
  return difference > 0 === (direction === "higher") ? "better" : "worse";
}
