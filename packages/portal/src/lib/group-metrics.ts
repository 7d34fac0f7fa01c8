import { spaced } from "./format.ts";

/** Metrics by what stands before the first `/` of their names; those without one come first, under an empty name. */
export function groupMetrics(keys: readonly string[]): { readonly name: string; readonly keys: readonly string[] }[] {
  const groups = Map.groupBy(keys, (key) => (key.includes("/") ? (key.split("/")[0] ?? "") : ""));
  return [...groups]
    .map(([name, keys]) => ({ name, keys: keys.toSorted(byName.compare) }))
    .sort((a, b) => byName.compare(a.name, b.name));
}

const byName = new Intl.Collator("en", { numeric: true });

export const isSystemMetric = (key: string): boolean => key.startsWith("system/");

/** Units that MLflow writes into the names of what it measures of a machine. */
const units = { percentage: "%", megabytes: "MB", watts: "W" } as const;

/** `system/gpu_0_memory_usage_megabytes` is `gpu 0 memory usage` in MB. */
export function systemMetric(key: string): { readonly title: string; readonly unit: string } {
  const words = key.replace(/^system\//, "").split("_");
  const last = words.at(-1) ?? "";
  const unit = Object.hasOwn(units, last) ? units[last as keyof typeof units] : "";
  return { title: (unit === "" ? words : words.slice(0, -1)).join(" "), unit };
}

/** A metric's name as people read it; one of the machine with its unit. */
export function metricTitle(key: string): string {
  if (!isSystemMetric(key)) return spaced(key);
  const { title, unit } = systemMetric(key);
  return unit === "" ? title : `${title}, ${unit}`;
}
