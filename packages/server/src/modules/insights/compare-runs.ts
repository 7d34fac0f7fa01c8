import type { ComparedRun, Curves } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import {
  curvePoints,
  experimentsOf,
  sampleHistory,
  searchRuns,
  type TrackedRun,
  trackingNotFound,
} from "../tracking/index.ts";
import { toTrackedRun } from "./find-runs.ts";
import { numberShown } from "./number-shown.ts";
import {
  curveSources,
  type RunFacts,
  runFacts,
  stepDatasets,
  trackedRunIds,
  versionsOfRuns,
} from "./run-facts-store.ts";

interface Chosen {
  readonly projectId: string;
  /** Numbers of the platform's runs and ids of tracked ones. */
  readonly ids: readonly string[];
}

const mostPoints = 500;

/** Runs with all that they logged, in the order in which they were asked for. */
export async function compareRuns(ctx: Ctx, chosen: Chosen): Promise<ComparedRun[]> {
  const runs = await chosenRuns(ctx, chosen);
  const ids = runs.map(({ run }) => run.runId);
  const [facts, names, datasets, versions, curves] = [
    await runFacts(ctx, ids),
    new Map((await experimentsOf(ctx, chosen.projectId)).map(({ id, name }) => [id, name])),
    await stepDatasets(ctx, ids),
    await versionsOfRuns(ctx, ids),
    await curveSources(ctx, ids),
  ];
  const of = <T extends { readonly trackedRunId: string | null }>(rows: readonly T[], run: TrackedRun): T[] =>
    rows.filter(({ trackedRunId }) => trackedRunId === run.runId);
  return runs.map(({ key, run }) => {
    const own = facts.get(run.runId);
    return {
      ...toTrackedRun(run, own, names.get(run.experimentId) ?? ""),
      key,
      isDeleted: run.isDeleted,
      revision: own ? toRevision(own) : null,
      pythonEnvironment: own?.pythonEnvironment ?? null,
      datasets: [
        ...run.datasets.map(({ name, digest, tags }) => ({
          name,
          digest,
          context: tags["mlflow.data.context"] ?? null,
        })),
        ...of(datasets, run).map(({ name, digest }) => ({ name, digest, context: null })),
      ],
      models: of(versions, run).map(({ model, version }) => ({ name: model, version: String(version) })),
      curves: curves.filter(({ runId }) => runId === run.runId).map(({ key }) => key),
    };
  });
}

/** A metric of each, with its lowest and highest values however many points there are; a run without such a curve has none. */
export async function metricCurves(ctx: Ctx, chosen: Chosen & { readonly metric: string }): Promise<Curves> {
  const runs = await chosenRuns(ctx, chosen);
  const ids = runs.map(({ run }) => run.runId);
  const sources = new Map((await curveSources(ctx, ids, chosen.metric)).map((row) => [row.runId, row.sourceId]));
  const buckets = await sampleHistory(ctx, [...sources.values()], [chosen.metric], mostPoints);
  const bySource = Map.groupBy(buckets, ({ runId }) => runId);
  return {
    runs: runs.map(({ key, run }) => ({
      key,
      points: curvePoints(bySource.get(sources.get(run.runId) ?? "") ?? []).map(({ step, timestamp, value }) => [
        step,
        timestamp,
        numberShown(value),
      ]),
    })),
  };
}

/** Throws where one is not there or belongs to another project, which is the same to who asks. */
async function chosenRuns(ctx: Ctx, { projectId, ids }: Chosen): Promise<{ key: string; run: TrackedRun }[]> {
  const byNumber = await trackedRunIds(ctx, projectId, ids.filter(isNumber).map(Number));
  const wanted = ids.map((key) => {
    const id = isNumber(key) ? byNumber.get(Number(key)) : key;
    if (id === undefined)
      throw new PaveError("run.not_found", `There is no run ${key} in this project`, {
        fix: "Choose runs from the project's list of runs",
      });
    return { key, id };
  });
  const found = await searchRuns(ctx, {
    experimentIds: (await experimentsOf(ctx, projectId)).map(({ id }) => id),
    stages: ["active", "deleted"],
    filter: {
      type: "condition",
      condition: { on: "attribute", key: "run_id", comparator: "IN", value: wanted.map(({ id }) => id) },
    },
    orders: [],
    limit: wanted.length,
    offset: 0,
  });
  const byId = new Map(found.map((run) => [run.runId, run]));
  return wanted.map(({ key, id }) => {
    const run = byId.get(id);
    if (!run) throw trackingNotFound(`run ${key}`);
    return { key, run };
  });
}

const isNumber = (key: string): boolean => /^\d{1,12}$/.test(key);

const toRevision = ({ revision: { id, number, message, git } }: RunFacts): ComparedRun["revision"] => ({
  id,
  number,
  message,
  git: git && {
    remote: textOf(git.remote),
    commit: textOf(git.commit),
    branch: textOf(git.branch),
    dirty: git.dirty === true,
  },
});

const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);
