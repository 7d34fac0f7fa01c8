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
  if (seconds < 59.95) return `${Number.isInteger(seconds) ? seconds : seconds.toFixed(1)} s`;
  // rounded first: nothing takes 18 min 60 s
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
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
/** Four digits behind the point; what is so small or so large that they would say nothing keeps three that do. */
export function metric(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e15) return value.toExponential(2).replace("+", "");
  if (size < 1e-3 && size > 0) return String(Number(value.toPrecision(3)));
  if (Number.isInteger(value)) return count(value);
  return size >= 100 ? value.toFixed(1) : value.toFixed(4);
}
export const shortDigest = (digest: string | null | undefined): string =>
  digest ? digest.replace("sha256:", "").slice(0, 12) : "–";

export function energy(joules: number): string {
  return joules < 3600 ? `${joules.toFixed(0)} J` : `${(joules / 3600).toFixed(2)} Wh`;
}

/** An absolute time for tooltips, in the reader's zone. */
export const exactTime = (time: string | null | undefined): string =>
  time ? new Date(time).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "medium" }) : "–";

/** The day alone, `3 May 2026`, in the reader's zone. */
export const exactDay = (time: string): string => new Date(time).toLocaleDateString("en-GB", { dateStyle: "medium" });

/** A difference always shows its sign, so that a table of them reads at a glance. */
export function signed(value: number): string {
  // what is left of a subtraction of equals
  if (Math.abs(value) < 1e-12) return "±0";
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
