import type { OtherRun, TrackedRunPage } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { findExperiments, getTrackedRun, latestMetrics, type TrackedRun, trackingNotFound } from "../tracking/index.ts";
import { stateOf, toTrackedRun } from "./find-runs.ts";
import { numberShown, valueText } from "./number-shown.ts";
import { curveSources, type RunFacts, runFacts, stepDatasets } from "./run-facts-store.ts";
import * as store from "./run-page-store.ts";

const mostChildren = 50;

/** All that a tracked run has, but for its curves and files. */
export async function readRunPage(ctx: Ctx, projectId: string, runId: string): Promise<TrackedRunPage> {
  const run = await runOf(ctx, projectId, runId);
  const [experiments, facts, curves, datasets, parent, children, models, versions, files] = [
    await findExperiments(ctx, [run.experimentId]),
    await runFacts(ctx, [runId]),
    new Set((await curveSources(ctx, [runId])).filter(({ sourceId }) => sourceId === runId).map(({ key }) => key)),
    await stepDatasets(ctx, [runId]),
    await store.parentOf(ctx, runId),
    await store.childrenOf(ctx, runId, mostChildren),
    await store.loggedModelsOf(ctx, runId),
    await store.versionsOf(ctx, runId),
    await store.filesOf(ctx, runId),
  ];
  const others = await otherRuns(ctx, [...(parent ? [parent] : []), ...children.rows]);
  const inputs = new Set(run.models.filter(({ direction }) => direction === "input").map(({ modelId }) => modelId));
  const steps = new Map(run.models.map(({ modelId, step }) => [modelId, step]));
  return {
    ...toTrackedRun(run, facts.get(runId), experiments[0]?.name ?? ""),
    experimentId: String(run.experimentId),
    owner: run.owner,
    step: run.tags["pave.step"] ?? null,
    isDeleted: run.isDeleted,
    source: sourceOf(run.tags),
    tags: { ...run.tags },
    latest: run.metrics.map(({ key, value, step, timestamp }) => ({
      key,
      value: numberShown(value),
      text: valueText(value),
      step,
      at: new Date(timestamp).toISOString(),
      isCurve: curves.has(key),
    })),
    parent: parent ? (others.get(parent.runId) ?? null) : null,
    children: {
      items: children.rows.flatMap(({ runId }) => others.get(runId) ?? []),
      total: children.total,
    },
    datasets: [
      ...run.datasets.map(({ name, digest, sourceType, source, schema, profile, tags }) => ({
        ...{ name, digest, sourceType, source, schema, profile },
        context: tags["mlflow.data.context"] ?? null,
      })),
      ...datasets.map(({ name, digest }) => ({
        ...{ name, digest, sourceType: "step", source: name, schema: null, profile: null, context: null },
      })),
    ],
    models: models.map(({ metrics, versions, createdAt, ...model }) => ({
      ...model,
      direction: inputs.has(model.id) ? "input" : "output",
      step: steps.get(model.id) ?? 0,
      createdAt: createdAt.toISOString(),
      metrics: metrics.map(({ key, value, dataset }) => ({ key, dataset, value: numberShown(Number(value)) })),
      versions: [...versions],
    })),
    versions,
    files,
  };
}

/** Throws where the project has no such run. A deleted one is there: it can be restored. */
async function runOf(ctx: Ctx, projectId: string, runId: string): Promise<TrackedRun> {
  const run = await getTrackedRun(ctx, runId);
  if (run.projectId !== projectId) throw trackingNotFound(`run ${runId}`);
  return run;
}

const sourceOf = (tags: TrackedRun["tags"]): TrackedRunPage["source"] => ({
  name: tags["mlflow.source.name"] ?? null,
  type: tags["mlflow.source.type"] ?? null,
  commit: tags["mlflow.source.git.commit"] ?? null,
  branch: tags["mlflow.source.git.branch"] ?? null,
  repository: tags["mlflow.source.git.repoURL"] ?? null,
});

async function otherRuns(ctx: Ctx, rows: readonly store.OtherRunRow[]): Promise<ReadonlyMap<string, OtherRun>> {
  const ids = rows.map(({ runId }) => runId);
  const [facts, metrics] = [await runFacts(ctx, ids), await latestMetrics(ctx, ids)];
  return new Map(rows.map((row) => [row.runId, toOther(row, facts.get(row.runId), metrics.get(row.runId) ?? {})]));
}

function toOther(
  row: store.OtherRunRow,
  own: RunFacts | undefined,
  metrics: Readonly<Record<string, number>>,
): OtherRun {
  const isStep = row.owner === "attempt" && row.runNumber !== null;
  return {
    id: row.runId,
    kind: own?.kind ?? (row.owner === "attempt" ? "step" : "client"),
    run: own
      ? { number: own.number, pipeline: own.pipeline }
      : isStep
        ? { number: Number(row.runNumber), pipeline: "" }
        : null,
    name: row.name,
    state: own?.state ?? stateOf(row.status),
    startedAt: row.startTime.toISOString(),
    finishedAt: row.endTime?.toISOString() ?? null,
    metrics: Object.fromEntries(Object.entries(metrics).map(([key, value]) => [key, numberShown(Number(value))])),
  };
}
