import type { ClientInput, routes } from "@pave/contract";

/** What the page's URL says: it can be sent to somebody, and found again. */
export interface RunSearch {
  /** In MLflow's grammar, or a part of a name. */
  readonly filter?: string;
  readonly state?: string;
  readonly show?: string;
  /** The id of the experiment that they are in. */
  readonly experiment?: string;
  /** `metrics.roc_auc DESC`. */
  readonly order?: string;
  /** `state,started,metrics.roc_auc`, in their order. */
  readonly columns?: string;
  /** What runs are grouped by: `params.model`, `tags.team` or `parent`. */
  readonly by?: string;
  /** The metric that groups are told apart by. */
  readonly metric?: string;
  /** Ids of the runs that are selected, as long as they fit. */
  readonly selected?: string;
}
export type RunSearchChange = { readonly [K in keyof RunSearch]?: RunSearch[K] | undefined };

/** Which runs are meant, as the server is asked for them. */
export type RunQuery = Pick<
  ClientInput<typeof routes.searchRuns>["query"] & object,
  "filter" | "state" | "show" | "experiment" | "order" | "columns"
>;

export const shows = [
  { value: "top", label: "All runs" },
  { value: "pipeline", label: "Pipelines" },
  { value: "client", label: "MLflow clients" },
  { value: "all", label: "With steps" },
  { value: "deleted", label: "Deleted" },
] as const;

/** By the statuses of MLflow, which runs of pipelines have as well. */
export const stateChoices = [
  { value: "FINISHED", label: "succeeded" },
  { value: "RUNNING", label: "running" },
  { value: "FAILED", label: "failed" },
  { value: "KILLED", label: "cancelled" },
] as const;

const names = ["filter", "state", "show", "experiment", "order", "columns", "by", "metric", "selected"] as const;

export const parseRunSearch = (search: Record<string, unknown>): RunSearch =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = search[name];
      // the router reads `?filter=5` as a number
      const text = typeof value === "number" ? String(value) : value;
      return typeof text === "string" && text !== "" ? [[name, text] as const] : [];
    }),
  );

/** The URL after a change: what is undefined is left out. */
export const changedSearch = (before: RunSearch, change: RunSearchChange): RunSearch =>
  Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined));

/** What the server is asked for. A filter that is none of the grammar is a part of the name. */
export function queryOf({ filter = "", state, show, experiment, order }: RunSearch): RunQuery {
  const written = filter.trim();
  const ofState = stateChoices.find(({ value }) => value === state)?.value;
  return {
    ...(written === ""
      ? {}
      : { filter: isGrammar(written) ? written : `run_name ILIKE '%${written.replaceAll("'", "''")}%'` }),
    ...(ofState ? { state: ofState } : {}),
    ...(experiment && /^[1-9]\d{0,14}$/.test(experiment) ? { experiment } : {}),
    ...(order ? { order } : {}),
    show: shows.find(({ value }) => value === show)?.value ?? "top",
  };
}

const comparators = /[=<>]|\bi?like\s+['"]|\bin\s*\(|\bis\s+(not\s+)?null\b/i;
const entities = /^(\(\s*|not\s+)*(metrics?|params?|parameters?|tags?|attributes?|attr|datasets?)\.\S/i;

/** Whether somebody writes conditions, not a name. */
export const isGrammar = (filter: string): boolean => comparators.test(filter) || entities.test(filter.trim());

/** `metrics.x` once descending, once ascending, then none; what is better comes first. */
export function nextOrder(current: string | undefined, key: string, first: "ASC" | "DESC"): string | undefined {
  const second = first === "ASC" ? "DESC" : "ASC";
  if (current === `${key} ${first}`) return `${key} ${second}`;
  return current === `${key} ${second}` ? undefined : `${key} ${first}`;
}

/** `metrics.`auc` DESC` orders by the metric `auc`. */
export const orderedMetric = (order: string | undefined): string | undefined =>
  /^metrics\.`?(.+?)`? (ASC|DESC)$/.exec(order ?? "")?.[1];

export const countText = (total: { readonly count: number; readonly atLeast: boolean }): string => {
  const number = new Intl.NumberFormat("en").format(total.count);
  if (total.atLeast) return `more than ${number} runs`;
  return total.count === 1 ? "1 run" : `${number} runs`;
};
