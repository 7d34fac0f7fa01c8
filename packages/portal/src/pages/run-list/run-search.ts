import type { FoundRuns } from "@pave/contract";

/** What the page's URL says: it can be sent to somebody, and found again. */
export interface RunSearch {
  /** In MLflow's grammar, or a part of a name. */
  readonly filter?: string;
  readonly state?: string;
  readonly show?: string;
  /** `metrics.roc_auc DESC`. */
  readonly order?: string;
  readonly after?: number;
}

type Query = {
  readonly filter?: string;
  readonly order?: string;
  readonly show: "top" | "pipeline" | "client" | "all";
  readonly after: number;
};

export const shows = [
  { value: "top", label: "All runs" },
  { value: "pipeline", label: "Pipelines" },
  { value: "client", label: "MLflow clients" },
  { value: "all", label: "With steps" },
] as const;

/** By the statuses of MLflow, which runs of pipelines have as well. */
export const stateChoices = [
  { value: "FINISHED", label: "succeeded" },
  { value: "RUNNING", label: "running" },
  { value: "FAILED", label: "failed" },
  { value: "KILLED", label: "cancelled" },
] as const;

export const pageSize = 50;

export const parseRunSearch = (search: Record<string, unknown>): RunSearch => {
  const text = (name: string) => {
    const value = search[name];
    return typeof value === "string" && value !== "" ? { [name]: value } : {};
  };
  const after = Number(search.after);
  return {
    ...text("filter"),
    ...text("state"),
    ...text("show"),
    ...text("order"),
    ...(Number.isSafeInteger(after) && after > 0 ? { after } : {}),
  };
};

/** What the server is asked for. A filter without a comparator is a part of the name. */
export function queryOf({ filter = "", state, show, order, after = 0 }: RunSearch): Query {
  const written = filter.trim();
  const conditions = [
    ...(written === "" ? [] : [isGrammar(written) ? written : `run_name ILIKE '%${written.replaceAll("'", "''")}%'`]),
    ...(stateChoices.some(({ value }) => value === state) ? [`status = '${state}'`] : []),
  ];
  return {
    ...(conditions.length > 0 ? { filter: allOf(conditions) } : {}),
    ...(order ? { order } : {}),
    show: shows.find(({ value }) => value === show)?.value ?? "top",
    after,
  };
}

/** AND binds closer than an OR that somebody wrote. */
const allOf = (conditions: readonly string[]): string =>
  conditions.length < 2
    ? conditions.join()
    : conditions.map((one) => (/\bor\b/i.test(one) ? `(${one})` : one)).join(" AND ");

const isGrammar = (filter: string): boolean => /[=<>]|\bi?like\s+['"]|\bin\s*\(|\bis\s+(not\s+)?null\b/i.test(filter);

/** `metrics.x` once descending, once ascending, then none; what is better comes first. */
export function nextOrder(current: string | undefined, key: string, first: "ASC" | "DESC"): string | undefined {
  const second = first === "ASC" ? "DESC" : "ASC";
  if (current === `${key} ${first}`) return `${key} ${second}`;
  return current === `${key} ${second}` ? undefined : `${key} ${first}`;
}

export const pageText = ({ items, total }: FoundRuns, after: number): string => {
  if (items.length === 0) return "no runs";
  const all = total.atLeast ? `more than ${total.count}` : String(total.count);
  return `${after + 1}–${after + items.length} of ${all}`;
};
