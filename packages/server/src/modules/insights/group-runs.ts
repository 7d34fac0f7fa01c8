import type { RunGroups } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { searchRuns, type TrackedRun } from "../tracking/index.ts";
import { type ChosenRuns, chosenRunIds, groupKey, runSearchOf } from "./chosen-runs.ts";
import { toTrackedRun } from "./find-runs.ts";
import { runFacts } from "./run-facts-store.ts";
import { type GroupFigures, groupFigures } from "./run-groups-store.ts";

export interface GroupRuns extends ChosenRuns {
  readonly by: string;
  readonly metric?: string | undefined;
}

/** Groups are made from no more runs than a person would scroll through. */
const mostGrouped = 10_000;
/** As many headings. */
const mostHeadings = 200;
/** Of a tree: runs that can be opened, which have a row of their own anyway. */
const mostParents = 5000;

/** The chosen runs by what they have in common, the largest group first. */
export async function findRunGroups(ctx: Ctx, input: GroupRuns): Promise<RunGroups> {
  const { search, experiments } = await runSearchOf(ctx, input);
  const ids = await chosenRunIds(ctx, search, mostGrouped + 1);
  const grouped = ids.slice(0, mostGrouped);
  const groups = await groupFigures(ctx, grouped, groupKey(input.by), input.metric);
  const known = new Set(input.by === "parent" ? grouped : []);
  const isFound = ({ value }: GroupFigures): boolean => value !== null && known.has(value);
  const headings = groups.filter((group) => group.value !== null && !isFound(group));
  const shown = [
    ...headings.slice(0, mostHeadings),
    ...groups.filter(isFound).slice(0, mostParents),
    ...groups.filter(({ value }) => value === null),
  ];
  const parents =
    input.by === "parent"
      ? await findParents(ctx, search.experimentIds, headings.slice(0, mostHeadings))
      : new Map<string, TrackedRun>();
  const facts = await runFacts(ctx, [...parents.keys()]);
  const names = new Map(experiments.map(({ id, name }) => [id, name]));
  return {
    items: shown.map((group) => {
      const parent = parents.get(group.value ?? "");
      return {
        ...group,
        run: parent ? toTrackedRun(parent, facts.get(parent.runId), names.get(parent.experimentId) ?? "") : null,
        isFound: isFound(group),
      };
    }),
    hasMore: groups.length > shown.length,
    total: { count: grouped.length, atLeast: ids.length > mostGrouped },
  };
}

/** The runs below which groups lie, deleted ones as well: their children are still there. */
async function findParents(
  ctx: Ctx,
  experimentIds: readonly number[],
  groups: readonly GroupFigures[],
): Promise<ReadonlyMap<string, TrackedRun>> {
  const ids = groups.flatMap(({ value }) => value ?? []);
  if (ids.length === 0) return new Map();
  const runs = await searchRuns(ctx, {
    experimentIds,
    stages: ["active", "deleted"],
    filter: { type: "condition", condition: { on: "attribute", key: "run_id", comparator: "IN", value: ids } },
    orders: [],
    limit: ids.length,
    offset: 0,
  });
  return new Map(runs.map((run) => [run.runId, run]));
}
