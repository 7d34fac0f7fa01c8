import type { FoundRuns, TrackedRunSummary } from "@pave/contract";
import { runLanguage } from "@pave/contract/search";
import type { Ctx } from "../../db/context.ts";
import { countRuns, experimentsOf, parseFilter, parseOrders, searchRuns, type TrackedRun } from "../tracking/index.ts";
import { type RunFacts, runFacts } from "./run-facts-store.ts";

export interface FindRuns {
  readonly projectId: string;
  readonly filter?: string | undefined;
  readonly order?: string | undefined;
  readonly show: "top" | "pipeline" | "client" | "all";
  readonly limit: number;
  readonly after: number;
}

/** Runs are counted no further than this: beyond, the number tells nobody anything. */
const mostCounted = 1000;
const longParam = 200;

/** A page of all runs of a project's experiments, with the platform's own told apart from those of clients. */
export async function findRuns(ctx: Ctx, input: FindRuns): Promise<FoundRuns> {
  const filter = parseFilter(runLanguage, input.filter);
  const orders = parseOrders(runLanguage, input.order ? [input.order] : []).flatMap((order) =>
    order.on === "dataset" ? [] : [{ ...order, on: order.on }],
  );
  const experiments = await experimentsOf(ctx, input.projectId);
  const search = {
    experimentIds: experiments.map(({ id }) => id),
    stages: ["active"],
    filter,
    only: input.show === "all" ? undefined : input.show,
  };
  const { runs: page, next } = await searchRuns(ctx, { ...search, orders, limit: input.limit, offset: input.after });
  const facts = await runFacts(ctx, idsOf(page));
  const names = new Map(experiments.map(({ id, name }) => [id, name]));
  const total = await countRuns(ctx, search, mostCounted);
  return {
    items: page.map((run) => {
      const summary = toTrackedRun(run, facts.get(run.runId), names.get(run.experimentId) ?? "");
      const params = Object.entries(summary.params).map(([name, value]) => [name, cut(value)]);
      return { ...summary, params: Object.fromEntries(params) };
    }),
    next: next === null ? null : String(input.after + input.limit),
    total,
  };
}

const idsOf = (runs: readonly TrackedRun[]): string[] => runs.map(({ runId }) => runId);

const states = {
  SCHEDULED: "queued",
  RUNNING: "running",
  FINISHED: "succeeded",
  FAILED: "failed",
  KILLED: "cancelled",
} as const;

/** A tracked run as the API shows it; what the platform itself started has its number, state and revision. */
export function toTrackedRun(run: TrackedRun, own: RunFacts | undefined, experiment: string): TrackedRunSummary {
  const number = Number(run.tags["pave.run"]);
  const isStep = run.owner === "attempt" && Number.isSafeInteger(number);
  return {
    id: run.runId,
    kind: own?.kind ?? (run.owner === "attempt" ? "step" : "client"),
    name: run.name,
    run: own ? { number: own.number, pipeline: own.pipeline } : isStep ? { number, pipeline: "" } : null,
    state: own?.state ?? states[run.status],
    experiment,
    author: run.userName,
    note: run.tags["mlflow.note.content"] ?? null,
    startedAt: (own?.startedAt ?? run.startTime).toISOString(),
    finishedAt: (own ? own.finishedAt : run.endTime)?.toISOString() ?? null,
    revision: own ? { id: own.revision.id, number: own.revision.number } : null,
    commit: run.tags["mlflow.source.git.commit"] ?? null,
    metrics: Object.fromEntries(run.metrics.map(({ key, value }) => [key, Number.isFinite(value) ? value : null])),
    params: { ...run.params },
  };
}

/** Never between the halves of a character. */
const cut = (value: string): string =>
  value.length <= longParam ? value : `${value.slice(0, longParam - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
