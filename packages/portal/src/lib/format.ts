/** Numbers and times as people read them. Every number on a page goes through one of these and so has a unit. */

export function ago(time: string | null | undefined, now = Date.now()): string {
  if (!time) return "–";
  const seconds = Math.max(0, (now - Date.parse(time)) / 1000);
  if (seconds < 5) return "just now";
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return "–";
  if (seconds > 0 && seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${Number.isInteger(seconds) ? seconds : seconds.toFixed(1)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}

export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = value === 0 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(value) / 10));
  const scaled = value / 2 ** (10 * power);
  return `${scaled >= 100 || power === 0 ? Math.round(scaled) : scaled.toFixed(1)} ${units[power]}`;
}

export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : new Intl.NumberFormat("en").format(value);
}

/** Three digits, for what stands in a row of other numbers: `12.3K`. */
export const compact = (value: number): string =>
  new Intl.NumberFormat("en", { maximumSignificantDigits: 3, notation: "compact" }).format(value);

export const percent = (share: number, digits = 1): string => `${(share * 100).toFixed(digits)} %`;
export const milliseconds = (value: number | null | undefined): string =>
  value === null || value === undefined ? "–" : `${value > 0 && value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
export const metric = (value: number): string =>
  Number.isInteger(value) ? count(value) : Math.abs(value) >= 100 ? value.toFixed(1) : value.toFixed(4);
export const shortDigest = (digest: string | null | undefined): string =>
  digest ? digest.replace("sha256:", "").slice(0, 12) : "–";

export function energy(joules: number): string {
  return joules < 3600 ? `${joules.toFixed(0)} J` : `${(joules / 3600).toFixed(2)} Wh`;
}

/** An absolute time for tooltips, in the reader's zone. */
export const exactTime = (time: string | null | undefined): string =>
  time ? new Date(time).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "medium" }) : "–";

/** A difference always shows its sign, so that a table of them reads at a glance. */
export function signed(value: number): string {
  if (value === 0) return "±0";
  return `${value > 0 ? "+" : "−"}${metric(Math.abs(value))}`;
}

export const perMinute = (value: number): string =>
  `${value >= 10 || value === 0 ? Math.round(value) : value.toFixed(1)} req/min`;

/** What stands alone begins as sentences do. */
export const capitalized = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** `roc_auc` as `roc auc`: metric names keep their words, not their underscores. */
export const spaced = (name: string): string => name.replaceAll("_", " ");

/** A JSON value on one line, shortened. */
export function brief(value: unknown, limit = 80): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "–");
  return text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
}
