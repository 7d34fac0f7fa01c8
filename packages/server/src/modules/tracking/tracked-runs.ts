import type { Ctx } from "../../db/context.ts";
import { experimentLocation } from "./experiment.ts";
import { paramText, tagText } from "./log-tracked.ts";
import * as store from "./run-store.ts";
import type { EndStatus, RunOwner } from "./tracked-run.ts";

export interface NewTrackedRun {
  readonly runId: string;
  readonly experimentId: number;
  readonly name: string;
  readonly principalId: string;
  readonly userName: string;
  readonly owner: RunOwner;
  readonly parentRunId?: string;
  /** Of what an attempt's token makes: the attempt's run. */
  readonly attemptRunId?: string;
  readonly startTime?: Date;
  readonly tags?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** Starts runs with their tags and params, in one statement however many they are. */
export async function createTrackedRuns(ctx: Ctx, runs: readonly NewTrackedRun[]): Promise<void> {
  if (runs.length === 0) return;
  const rows = runs.map((run) => {
    const tags = tagsOf(run);
    return {
      ...run,
      tags,
      params: Object.fromEntries(Object.entries(run.params ?? {}).map(([key, value]) => [key, paramText(value)])),
      parentRunId: tags["mlflow.parentRunId"] ?? null,
      attemptRunId: run.attemptRunId ?? null,
      artifactUri: runLocation(run.experimentId, run.runId),
      startTime: run.startTime ?? ctx.clock.now(),
    };
  });
  await store.insertRuns(ctx, rows);
}

/** The tags of a run that begins: MLflow's own, and what was given. */
export function tagsOf(run: NewTrackedRun): Readonly<Record<string, string>> {
  const tags = {
    ...(run.userName === "" ? {} : { "mlflow.user": run.userName }),
    ...(run.parentRunId === undefined ? {} : { "mlflow.parentRunId": run.parentRunId }),
    ...run.tags,
    "mlflow.runName": run.name,
  };
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, tagText(value)]));
}

/** Where clients find a run's files. */
export const runLocation = (experimentId: number, runId: string): string =>
  `${experimentLocation(experimentId)}/${runId}/artifacts`;

/** Ends a run of the platform, with what clients left open below it. */
export const endTrackedRun = (ctx: Ctx, runId: string, status: EndStatus): Promise<void> =>
  store.endRuns(ctx, runId, status);

/** A run that is retried goes on under the same id. */
export const reopenTrackedRun = (ctx: Ctx, runId: string): Promise<void> =>
  store.updateRun(ctx, runId, { status: "RUNNING", end_time: null });
