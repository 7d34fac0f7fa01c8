import type { RunGroup, RunGroups } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { searchRuns, type TrackedRun } from "../tracking/index.ts";
import { type ChosenRuns, groupKey, runSearchOf } from "./chosen-runs.ts";
import { toTrackedRun } from "./find-runs.ts";
import { runFacts } from "./run-facts-store.ts";

export interface GroupRuns extends ChosenRuns {
  readonly by: string;
  readonly metric?: string | undefined;
}

/** Groups are made from no more runs than a person would scroll through, read a part at a time. */
const mostGrouped = 10_000;
const atOnce = 1000;
const mostGroups = 200;

/** The chosen runs by what they have in common, the largest group first. */
export async function findRunGroups(ctx: Ctx, input: GroupRuns): Promise<RunGroups> {
  const { search, experiments } = await runSearchOf(ctx, input);
  const members: GroupMember[] = [];
  let isWhole = false;
  while (!isWhole && members.length < mostGrouped) {
    const runs = await searchRuns(ctx, { ...search, orders: [], limit: atOnce, offset: members.length });
    members.push(...runs.map((run) => memberOf(run, input)));
    isWhole = runs.length < atOnce;
  }
  const groups = groupsOf(members);
  const shown = groups.slice(0, mostGroups);
  const parents =
    input.by === "parent" ? await findParents(ctx, search.experimentIds, shown) : new Map<string, TrackedRun>();
  const facts = await runFacts(ctx, [...parents.keys()]);
  const names = new Map(experiments.map(({ id, name }) => [id, name]));
  const ids = new Set(members.map(({ id }) => id));
  return {
    items: shown.map((group) => {
      const parent = parents.get(group.value ?? "");
      return {
        ...group,
        run: parent ? toTrackedRun(parent, facts.get(parent.runId), names.get(parent.experimentId) ?? "") : null,
        isFound: ids.has(group.value ?? ""),
      };
    }),
    hasMore: groups.length > shown.length,
    total: { count: members.length, atLeast: !isWhole },
  };
}

export interface GroupMember {
  readonly id: string;
  readonly value: string | null;
  readonly metric: number | null;
}

function memberOf(run: TrackedRun, { by, metric }: GroupRuns): GroupMember {
  const { on, key } = groupKey(by);
  const found = metric === undefined ? undefined : run.metrics.find((one) => one.key === metric)?.value;
  return {
    id: run.runId,
    value: (on === "param" ? run.params : run.tags)[key] ?? null,
    metric: found !== undefined && Number.isFinite(found) ? found : null,
  };
}

/** The largest first, those with no value last. */
export function groupsOf(members: readonly GroupMember[]): Pick<RunGroup, "value" | "count" | "metric">[] {
  return [...Map.groupBy(members, ({ value }) => value)]
    .map(([value, own]) => ({ value, count: own.length, metric: spreadOf(own.flatMap(({ metric }) => metric ?? [])) }))
    .sort((a, b) => Number(a.value === null) - Number(b.value === null) || b.count - a.count);
}

function spreadOf(values: readonly number[]): RunGroup["metric"] {
  if (values.length === 0) return null;
  let [min, max, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
  }
  return { runs: values.length, min, max, mean: sum / values.length };
}

/** The runs below which groups lie, deleted ones as well: their children are still there. */
async function findParents(
  ctx: Ctx,
  experimentIds: readonly number[],
  groups: readonly { readonly value: string | null }[],
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
