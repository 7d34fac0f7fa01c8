import type { ExperimentSummary, TrackedRunSummary } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { searchRuns, trackingNotFound } from "../tracking/index.ts";
import { toTrackedRun } from "./find-runs.ts";
import { runFacts } from "./run-facts-store.ts";
import { experimentsWithRuns } from "./run-page-store.ts";

interface Project {
  readonly id: string;
  readonly name: string;
}

const pageSize = 50;

/** Experiments of a project that are not deleted, those with the newest runs first. */
export async function listExperiments(ctx: Ctx, project: Project, id?: number): Promise<ExperimentSummary[]> {
  const rows = await experimentsWithRuns(ctx, project.id, id);
  return rows.map(({ createdAt, lastRunAt, tags, ...row }) => ({
    ...row,
    isOwn: row.name === project.name,
    createdAt: createdAt.toISOString(),
    lastRunAt: lastRunAt?.toISOString() ?? null,
    tags: { ...tags },
  }));
}

/** One of them with a page of its runs. */
export async function showExperiment(ctx: Ctx, project: Project, id: number, after: number) {
  const [experiment] = await listExperiments(ctx, project, id);
  if (!experiment) throw trackingNotFound(`experiment ${id}`);
  const search = { experimentIds: [id], stages: ["active"], conditions: [], orders: [] };
  const found = await searchRuns(ctx, { ...search, limit: pageSize + 1, offset: after });
  const page = found.slice(0, pageSize);
  const facts = await runFacts(
    ctx,
    page.map(({ runId }) => runId),
  );
  const items: TrackedRunSummary[] = page.map((run) => toTrackedRun(run, facts.get(run.runId), experiment.name));
  return { ...experiment, items, next: found.length > pageSize ? String(after + pageSize) : null };
}
