import type { Ctx } from "../../db/context.ts";
import { experimentsOf, parseFilter, type RunSearch, runLanguage, searchRuns } from "../tracking/index.ts";

/** Which runs of a project are meant, as lists and groups of them have it in their query. */
export interface ChosenRuns {
  readonly projectId: string;
  readonly filter?: string | undefined;
  /** A status of MLflow. */
  readonly state?: string | undefined;
  readonly show: "top" | "pipeline" | "client" | "all" | "deleted";
}

type Conditions = RunSearch["conditions"];

/** The search for them, and the experiments that it looks into. */
export async function runSearchOf(ctx: Ctx, chosen: ChosenRuns, within: Conditions = []) {
  const { filter, state, show } = chosen;
  const experiments = await experimentsOf(ctx, chosen.projectId);
  const ofState: Conditions = state ? [{ on: "attribute", key: "status", comparator: "=", value: state }] : [];
  const search = {
    experimentIds: experiments.map(({ id }) => id),
    stages: [show === "deleted" ? "deleted" : "active"],
    conditions: [...parseFilter(runLanguage, filter), ...ofState, ...within],
    only: show === "all" || show === "deleted" ? undefined : show,
  };
  return { search, experiments };
}

const parentTag = "mlflow.parentRunId";

/** A tag or param that groups are made by: `tags.team`, and `parent` for the run below which others lie. */
export function groupKey(by: string): { readonly on: "param" | "tag"; readonly key: string } {
  if (by === "parent") return { on: "tag", key: parentTag };
  const dot = by.indexOf(".");
  return { on: by.slice(0, dot) === "params" ? "param" : "tag", key: by.slice(dot + 1) };
}

/** What the runs of one group have in common; those of no group where there is no value. */
export const groupCondition = (by: string, value: string | undefined): Conditions[number] =>
  value === undefined
    ? { ...groupKey(by), comparator: "IS NULL", value: null }
    : { ...groupKey(by), comparator: "=", value };

const atOnce = 1000;

/** The ids of the newest of them, as far as `most`. */
export async function chosenRunIds(
  ctx: Ctx,
  search: Omit<RunSearch, "orders" | "limit" | "offset">,
  most: number,
): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < most) {
    const runs = await searchRuns(ctx, {
      ...search,
      orders: [],
      limit: Math.min(atOnce, most - ids.length),
      offset: ids.length,
    });
    ids.push(...runs.map(({ runId }) => runId));
    if (runs.length < atOnce) break;
  }
  return ids;
}
