import type { CurveX } from "../../lib/curve-lines.ts";

/** What the page's URL says: which runs, what is looked at, and how. */
export interface CompareSearch {
  readonly ids?: string;
  readonly view?: string;
  /** `all`: also what does not differ. */
  readonly params?: string;
  /** Metrics whose curves are shown, separated by commas. */
  readonly curves?: string;
  /** `step`, `time` or `relative`. */
  readonly x?: string;
  /** `x`, `y` or `xy`: axes by powers of ten. */
  readonly log?: string;
  /** The weight of smoothing in hundredths. */
  readonly smooth?: string;
  /** Axes of the parallel coordinates, separated by commas. */
  readonly axes?: string;
  /** What was brushed: `params.depth:0.2:0.8`, as shares of the axis, separated by semicolons. */
  readonly brush?: string;
  readonly color?: string;
  /** Axes of the scatter plot. */
  readonly sx?: string;
  readonly sy?: string;
}
export type CompareChange = { readonly [K in keyof CompareSearch]?: CompareSearch[K] | undefined };

const names = [
  ...["ids", "view", "params", "curves", "x", "log", "smooth"],
  ...["axes", "brush", "color", "sx", "sy"],
] as const;

export const parseCompareSearch = (search: Record<string, unknown>): CompareSearch =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = search[name];
      // the router reads `?ids=5` as a number
      const text = typeof value === "number" ? String(value) : value;
      return typeof text === "string" && text !== "" ? [[name, text] as const] : [];
    }),
  );

export const changedCompare = (before: CompareSearch, change: CompareChange): CompareSearch =>
  Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined));

export const views = [
  { value: "table", label: "Table" },
  { value: "curves", label: "Curves" },
  { value: "parallel", label: "Parallel coordinates" },
  { value: "scatter", label: "Scatter" },
] as const;
export type CompareView = (typeof views)[number]["value"];

export const viewOf = ({ view }: CompareSearch): CompareView =>
  views.find(({ value }) => value === view)?.value ?? "table";

/** From 0 to 0.99. */
export const smoothingOf = ({ smooth }: CompareSearch): number => {
  const hundredths = Number(smooth ?? 0);
  return Number.isFinite(hundredths) ? Math.min(99, Math.max(0, Math.round(hundredths))) / 100 : 0;
};

export const curveXOf = ({ x }: CompareSearch): CurveX => (x === "time" || x === "relative" ? x : "step");

export const listOf = (text: string | undefined): string[] => (text ?? "").split(",").filter((one) => one !== "");

/** What of each axis was brushed, from the lower share to the higher. */
export type Brushes = ReadonlyMap<string, readonly [number, number]>;

export function brushesOf(text: string | undefined): Brushes {
  const brushes = new Map<string, readonly [number, number]>();
  for (const part of (text ?? "").split(";")) {
    const found = /^(.+):(0(?:\.\d+)?|1):(0(?:\.\d+)?|1)$/.exec(part);
    if (!found) continue;
    const [low, high] = [Number(found[2]), Number(found[3])];
    if (low < high) brushes.set(found[1] ?? "", [low, high]);
  }
  return brushes;
}

export const brushText = (brushes: Brushes): string | undefined =>
  brushes.size === 0
    ? undefined
    : [...brushes].map(([id, [low, high]]) => `${id}:${round(low)}:${round(high)}`).join(";");

const round = (share: number): number => Math.round(share * 1000) / 1000;
