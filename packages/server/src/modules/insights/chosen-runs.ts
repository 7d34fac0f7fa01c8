import { type Filter, type RunEntity, runLanguage } from "@pave/contract/search";
import type { Ctx } from "../../db/context.ts";
import { experimentsOf, findRunPlaces, parseFilter, type RunScope, trackingNotFound } from "../tracking/index.ts";

/** Which runs of a project are meant, as lists and groups of them have it in their query. */
export interface ChosenRuns {
  readonly projectId: string;
  readonly filter?: string | undefined;
  /** A status of MLflow. */
  readonly state?: string | undefined;
  readonly show: "top" | "pipeline" | "client" | "all" | "deleted";
  /** The id of one; of all experiments where it is left out. */
  readonly experiment?: string | undefined;
}

type RunFilter = Filter<RunEntity>;

/** The search for them, and the experiments that it looks into. */
export async function runSearchOf(ctx: Ctx, chosen: ChosenRuns, within: readonly RunFilter[] = []) {
  const { filter, state, show } = chosen;
  const experiments = await chosenExperiments(ctx, chosen);
  const ofState: readonly RunFilter[] = state
    ? [{ type: "condition", condition: { on: "attribute", key: "status", comparator: "=", value: state } }]
    : [];
  const wanted: RunFilter = { type: "all", of: [parseFilter(runLanguage, filter), ...ofState, ...within] };
  const search = {
    experimentIds: experiments.map(({ id }) => id),
    stages: [show === "deleted" ? "deleted" : "active"],
    filter: wanted,
    only: show === "all" || show === "deleted" ? undefined : show,
  };
  return { search, experiments };
}

async function chosenExperiments(ctx: Ctx, { projectId, experiment }: ChosenRuns) {
  const all = await experimentsOf(ctx, projectId);
  if (experiment === undefined) return all;
  const found = all.filter(({ id }) => id === Number(experiment));
  if (found.length === 0) throw trackingNotFound(`experiment ${experiment}`);
  return found;
}

const parentTag = "mlflow.parentRunId";

/** A tag or param that groups are made by: `tags.team`, and `parent` for the run below which others lie. */
export function groupKey(by: string): { readonly on: "param" | "tag"; readonly key: string } {
  if (by === "parent") return { on: "tag", key: parentTag };
  const dot = by.indexOf(".");
  return { on: by.slice(0, dot) === "params" ? "param" : "tag", key: by.slice(dot + 1) };
}

/** What the runs of one group have in common; those of no group where there is no value. */
export const groupCondition = (by: string, value: string | undefined): RunFilter => ({
  type: "condition",
  condition:
    value === undefined
      ? { ...groupKey(by), comparator: "IS NULL", value: null }
      : { ...groupKey(by), comparator: "=", value },
});

/** The ids of the newest of them, as far as `most`. */
export async function chosenRunIds(ctx: Ctx, scope: RunScope, most: number): Promise<string[]> {
  const places = await findRunPlaces(ctx, { ...scope, orders: [], limit: most });
  return places.map(({ runId }) => runId);
}
