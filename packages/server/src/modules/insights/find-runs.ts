import type { FoundRuns, TrackedRunSummary } from "@pave/contract";
import { runLanguage } from "@pave/contract/search";
import type { Ctx } from "../../db/context.ts";
import { countRuns, parseOrders, searchRuns, type TrackedRun } from "../tracking/index.ts";
import { type ChosenRuns, groupCondition, runSearchOf } from "./chosen-runs.ts";
import { numberShown } from "./number-shown.ts";
import { type RunFacts, runFacts } from "./run-facts-store.ts";

export interface FindRuns extends ChosenRuns {
  readonly order?: string | undefined;
  readonly by?: string | undefined;
  readonly of?: string | undefined;
  readonly columns?: string | undefined;
  /** Counting takes longer than a page: it can be left out. */
  readonly counts: boolean;
  readonly limit: number;
  readonly after: number;
}

/** Runs are counted no further than this: beyond, a list is not what finds anything. */
const mostCounted = 20_000;
const longText = 200;

/** A page of all runs of a project's experiments, with the platform's own told apart from those of clients. */
export async function findRuns(ctx: Ctx, input: FindRuns): Promise<FoundRuns> {
  const orders = parseOrders(runLanguage, input.order ? [input.order] : []).flatMap((order) =>
    order.on === "dataset" ? [] : [{ ...order, on: order.on }],
  );
  const { search, experiments } = await runSearchOf(ctx, input, input.by ? [groupCondition(input.by, input.of)] : []);
  const found = await searchRuns(ctx, { ...search, orders, limit: input.limit + 1, offset: input.after });
  const page = found.slice(0, input.limit);
  const facts = await runFacts(ctx, idsOf(page));
  const names = new Map(experiments.map(({ id, name }) => [id, name]));
  const total = input.counts ? await countRuns(ctx, search, mostCounted) : null;
  const isShown = columnsShown(input.columns);
  return {
    items: page.map((run) => {
      const summary = toTrackedRun(run, facts.get(run.runId), names.get(run.experimentId) ?? "");
      return {
        ...summary,
        metrics: pick(summary.metrics, (name) => isShown("metrics", name)),
        params: cutAll(pick(summary.params, (name) => isShown("params", name))),
        tags: cutAll(pick(summary.tags, (name) => isShown("tags", name))),
      };
    }),
    next: found.length > input.limit ? String(input.after + input.limit) : null,
    total,
  };
}

type Kind = "metrics" | "params" | "tags";

/** Which metrics, params and tags come back: those that were named, or all. */
function columnsShown(columns: string | undefined): (kind: Kind, name: string) => boolean {
  if (columns === undefined) return () => true;
  const named = new Set(columns.split(","));
  return (kind, name) => named.has(`${kind}.${name}`);
}

const pick = <T>(record: Readonly<Record<string, T>>, isWanted: (name: string) => boolean): Record<string, T> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => isWanted(name)));

const cutAll = (record: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, cut(value)]));

const idsOf = (runs: readonly TrackedRun[]): string[] => runs.map(({ runId }) => runId);

const states = {
  SCHEDULED: "queued",
  RUNNING: "running",
  FINISHED: "succeeded",
  FAILED: "failed",
  KILLED: "cancelled",
} as const;

/** The state of a run that a client keeps, in our words. */
export const stateOf = (status: TrackedRun["status"]) => states[status];

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
    metrics: Object.fromEntries(run.metrics.map(({ key, value }) => [key, numberShown(value)])),
    params: { ...run.params },
    tags: Object.fromEntries(Object.entries(run.tags).filter(([name]) => !/^(mlflow|pave)\./.test(name))),
    parent: run.tags["mlflow.parentRunId"] ?? null,
  };
}

/** Never between the halves of a character. */
const cut = (value: string): string =>
  value.length <= longText ? value : `${value.slice(0, longText - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
